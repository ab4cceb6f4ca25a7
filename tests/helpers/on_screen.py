"""Faults of a page as a browser lays it out: text over text, text that is cut, what is too wide."""

from __future__ import annotations

from typing import Any

FAULTS = """
() => {
  const found = [];
  const wide = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth > wide) found.push(["page wider than the screen"]);
  const hidden = (one) => !one.checkVisibility({ visibilityProperty: true })
    || one.closest("details:not([open]) > :not(summary)");
  const said = (one) => one.textContent.trim().replace(/\\s+/g, " ").slice(0, 60);
  const tags = (one) => one.tagName.toLowerCase() + (one.className ? "." + one.className : "");

  // Texts, and pictures, as they are drawn; letters reach a little over their line.
  const boxes = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest("svg, script, style") || hidden(parent)) continue;
    const aside = parent.closest("thead, .skip") || parent;
    if (getComputedStyle(aside).position === "absolute") continue;
    range.selectNodeContents(node);
    let block = parent;
    while (getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
    const around = block.getBoundingClientRect();
    for (const r of range.getClientRects()) {
      if (r.width < 1 || r.height < 1) continue;
      boxes.push({ left: r.left + 1, right: r.right - 1, top: r.top + r.height * 0.2,
        bottom: r.bottom - r.height * 0.2, of: node, block, said: said(parent) });
      const scrolls = parent.closest(".scroll");
      if (!scrolls && (r.left < -1 || r.right > wide + 1))
        found.push(["off the page", said(parent)]);
      if (r.left < around.left - 2 || r.right > around.right + 2)
        found.push(["out of its box", tags(block), said(parent)]);
    }
  }
  for (const one of document.querySelectorAll("svg, img, button, input")) {
    if (hidden(one) || one.closest("svg") !== (one.tagName === "svg" ? one : null)) continue;
    const r = one.getBoundingClientRect();
    if (!r.width || getComputedStyle(one).position === "absolute") continue;
    boxes.push({ left: r.left + 1, right: r.right - 1, top: r.top + 1, bottom: r.bottom - 1,
      of: one, block: one, said: tags(one) });
  }
  boxes.sort((a, b) => a.top - b.top);
  const clips = (one) => one.closest(".scroll");
  const seen = (box) => {
    const edge = clips(box.block)?.getBoundingClientRect() ?? box;
    return { left: Math.max(box.left, edge.left), right: Math.min(box.right, edge.right) };
  };
  for (let i = 0; i < boxes.length; i += 1) {
    const a = boxes[i];
    for (let j = i + 1; j < boxes.length && boxes[j].top < a.bottom; j += 1) {
      const b = boxes[j];
      if (a.of === b.of || Math.min(a.right, b.right) - Math.max(a.left, b.left) <= 1) continue;
      // What scrolls is cut at its own edge, so that it may end under what stands beside it.
      if (clips(a.block) !== clips(b.block)) {
        const x = seen(a), y = seen(b);
        if (Math.min(x.right, y.right) - Math.max(x.left, y.left) <= 1) continue;
      }
      if (a.block.contains(b.of) && a.block.tagName === "BUTTON") continue;
      found.push(["over each other", a.said, b.said]);
    }
  }

  // What hides its overflow must have none; what is to be moved along says so.
  for (const one of document.querySelectorAll("body *:not(svg *)")) {
    if (hidden(one) || one.closest("svg, .skip")) continue;
    const style = getComputedStyle(one);
    if (style.position === "absolute" && one.clientWidth <= 1) continue;
    const cut = ["hidden", "clip"];
    if (cut.includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1)
      found.push(["cut", tags(one), said(one)]);
    if (cut.includes(style.overflowY) && one.scrollHeight > one.clientHeight + 1)
      found.push(["cut", tags(one), said(one)]);
    if (style.overflowX === "auto" && one.scrollWidth > one.clientWidth + 1
      && (one.tabIndex !== 0 || !one.classList.contains("scroll")))
      found.push(["moves along without a keyboard", tags(one), said(one)]);
    if (style.textOverflow === "ellipsis") found.push(["ends in dots", tags(one), said(one)]);
  }
  return [...new Set(found.map((each) => each.join(" | ")))];
}
"""

MOVED_ALONG = """
() => [...document.querySelectorAll(".scroll:not(.chart)")]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.querySelector("caption")?.textContent || one.className)
"""
"""Captions of tables that are wider than their place."""

PLACE = """
(words) => {
  const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const nodes = [], ends = [];
  let text = "";
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    nodes.push(node);
    text += node.data.replace(/\\s/g, " ");
    ends.push(text.length);
  }
  const begin = text.indexOf(words), end = begin + words.length;
  if (begin < 0) return null;
  const first = ends.findIndex((each) => each > begin);
  const last = ends.findIndex((each) => each >= end);
  const range = document.createRange();
  range.setStart(nodes[first], begin - (ends[first - 1] || 0));
  range.setEnd(nodes[last], end - (ends[last - 1] || 0));
  const box = range.getBoundingClientRect();
  return box.height ? [box.top + scrollY, box.bottom + scrollY] : null;
}
"""

OPEN_ALL = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"


def faults(page: Any) -> list[str]:
    """Return what is over something else, cut or too wide, with the first words of it."""
    found: list[str] = page.evaluate(FAULTS)
    return found


def barriers(page: Any, axe: str) -> list[tuple[str, list[str]]]:
    """Return what axe-core finds on a page, with the first elements of each."""
    page.evaluate(axe)  # a script by its address would be against the rules of the page
    found = page.evaluate("() => axe.run({ resultTypes: ['violations'] })")["violations"]
    return [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found]


def place(page: Any, words: str) -> tuple[float, float] | None:
    """Return where words begin and end, in pixels below the top of the page; None: nowhere."""
    found: list[float] | None = page.evaluate(PLACE, words)
    return None if found is None else (found[0], found[1])
