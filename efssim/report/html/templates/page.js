"use strict";
// Without this script the page is complete: terms are links, tables stand in their first order.

// Definitions appear where one looks at a term: on hover, on focus, on a tap.
const card = document.getElementById("definition");
let pinned = null;

function show(link) {
  const entry = document.getElementById("term-" + link.dataset.term);
  const title = document.createElement("strong");
  title.textContent = entry.querySelector("dt").textContent;
  card.replaceChildren(title, entry.querySelector("dd").textContent);
  card.hidden = false;
  link.setAttribute("aria-describedby", "definition");
}

function hide(link) {
  if (link === pinned) return;
  card.hidden = true;
  link.removeAttribute("aria-describedby");
}

function unpin() {
  const link = pinned;
  pinned = null;
  if (link) hide(link);
}

for (const link of document.querySelectorAll(".term")) {
  link.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") show(link); });
  link.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") hide(link); });
  link.addEventListener("focus", () => show(link));
  link.addEventListener("blur", () => { if (link === pinned) pinned = null; hide(link); });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const wasPinned = pinned === link;
    unpin();
    if (wasPinned) return;
    pinned = link;
    show(link);
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  pinned = null;
  card.hidden = true;
});
document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest(".term")) unpin();
});

// Sorting: a button in each heading, numbers by their value and texts by their letters.
function keyOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
}

function compare(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
}

function sort(table, column, heading) {
  const descending = heading.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const rows = Array.from(table.tBodies[0].rows);
  rows.sort((a, b) => (descending ? -1 : 1) * compare(keyOf(a, column), keyOf(b, column)));
  table.tBodies[0].append(...rows);
}

for (const table of document.querySelectorAll("table.sortable")) {
  Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", "sort by " + heading.textContent.trim());
    button.addEventListener("click", () => sort(table, column, heading));
    heading.append(button);
  });
}
