
// Timelines of the age: a pointer, a finger or the keyboard reads them out and zooms into them.
// Without this script the figure stays as it is.
const SVG = "http://www.w3.org/2000/svg";
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
  86400, 172800, 432000, 864000, 1728000, 4320000, 8640000, 31536000];
const DRAG = 8; // pixels from which on a drag selects
const LEAST = 10; // seconds that are shown at least

function inWords(seconds) {
  if (seconds < 59.95) return Math.round(10 * seconds) / 10 + " s";
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const whole = Math.round(seconds);
  const at = units.findIndex(([size]) => whole >= size);
  const [[first, name], [next, rest]] = [units[at], units[at + 1]];
  const small = Math.floor((whole % first) / next);
  return Math.floor(whole / first) + " " + name + (small ? " " + small + " " + rest : "");
}

function drawn(parent, name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

function made(parent, name, attributes, text) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

class Timeline {
  constructor(figure) {
    this.figure = figure;
    this.chart = figure.querySelector(".chart");
    const data = JSON.parse(figure.dataset.timeline);
    Object.assign(this, data);
    const gaps = new Map(data.gaps);
    const high = new Map(data.high);
    let at = 0;
    this.begin = data.length.map((length, k) => (at += (gaps.get(k) || 0) + length) - length);
    this.end = data.length.map((length, k) => (this.begin[k] + length) / 10);
    this.begin = this.begin.map((tenths) => tenths / 10);
    this.low = data.low.map((age) => age / 10);
    this.high = data.low.map((_, k) => (high.get(k) || 0) / 10);
    this.view = this.window.slice();
    this.at = this.window[0];
    this.build();
  }

  build() {
    const bar = document.createElement("div");
    bar.className = "zoom";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Zoom");
    this.buttons = {};
    for (const [name, sign, title, act] of [
      ["in", "+", "Zoom in", () => this.scale(0.5)],
      ["out", "−", "Zoom out", () => this.scale(2)],
      ["back", "←", "Earlier", () => this.pan(-0.5)],
      ["on", "→", "Later", () => this.pan(0.5)],
      ["all", "Whole time", "Whole time", () => this.show(this.window)],
    ]) {
      const button = made(bar, "button", { type: "button", "aria-label": title, title }, sign);
      button.addEventListener("click", act);
      this.buttons[name] = button;
    }
    this.told = made(bar, "output", {}, "Drag over the figure to zoom, or use + and −.");
    this.chart.after(bar);
    this.layer = document.createElementNS(SVG, "svg");
    this.layer.setAttribute("class", "layer");
    this.layer.setAttribute("aria-hidden", "true");
    this.scrub = document.createElement("div");
    this.scrub.className = "scrub";
    for (const [key, value] of Object.entries({
      role: "slider", tabindex: 0, "aria-label": "Time",
      "aria-valuemin": this.window[0], "aria-valuemax": this.window[1],
    })) this.scrub.setAttribute(key, value);
    this.cursor = made(this.scrub, "div", { class: "cursor", hidden: "" });
    this.selected = made(this.scrub, "div", { class: "selected", hidden: "" });
    this.figure.append(this.layer, this.scrub);
    this.listen();
    this.move(this.at, true);
    this.show(this.window);
    new ResizeObserver(() => this.place()).observe(this.chart);
  }

  listen() {
    const scrub = this.scrub;
    let from = null;
    scrub.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      from = event.clientX;
      scrub.setPointerCapture(event.pointerId);
    });
    scrub.addEventListener("pointermove", (event) => {
      this.move(this.timeAt(event.clientX));
      if (from !== null && Math.abs(event.clientX - from) >= DRAG) this.select(from, event.clientX);
    });
    scrub.addEventListener("pointerup", (event) => {
      const begun = from;
      from = null;
      this.selected.hidden = true;
      this.move(this.timeAt(event.clientX));
      if (begun === null || Math.abs(event.clientX - begun) < DRAG) return;
      const ends = [this.timeAt(begun), this.timeAt(event.clientX)];
      this.show([Math.min(...ends), Math.max(...ends)]);
    });
    scrub.addEventListener("pointercancel", () => { from = null; this.selected.hidden = true; });
    scrub.addEventListener("pointerleave", () => {
      if (document.activeElement !== scrub) this.cursor.hidden = true;
    });
    scrub.addEventListener("dblclick", () => this.show(this.window));
    scrub.addEventListener("focus", () => this.move(this.at));
    scrub.addEventListener("blur", () => { this.cursor.hidden = true; });
    scrub.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const [low, high] = this.view;
    const act = {
      ArrowRight: () => this.step((high - low) / 100), ArrowUp: () => this.step((high - low) / 100),
      ArrowLeft: () => this.step((low - high) / 100), ArrowDown: () => this.step((low - high) / 100),
      PageUp: () => this.pan(0.5), PageDown: () => this.pan(-0.5),
      Home: () => this.move(low), End: () => this.move(high),
      "+": () => this.scale(0.5), "=": () => this.scale(0.5), "-": () => this.scale(2),
      "0": () => this.show(this.window), Escape: () => this.show(this.window),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  // The box of the axes, in pixels of the figure: in the figure as it is, or zoomed in.
  box() {
    const outer = this.figure.getBoundingClientRect();
    const chart = this.chart.getBoundingClientRect();
    if (this.isZoomed) {
      const [left, top, right, bottom] = [76, 22 + 16 * this.lanes, 12, 40];
      return {
        x: chart.left - outer.left + left, y: chart.top - outer.top + top,
        width: Math.max(chart.width - left - right, 40),
        height: Math.max(chart.height - top - bottom, 40),
      };
    }
    const shown = [...this.chart.querySelectorAll("svg")].find((svg) => svg.clientWidth);
    const paper = shown && shown.querySelector("[id$='-patch_2'] path");
    const axes = (paper || this.chart).getBoundingClientRect();
    return {
      x: axes.left - outer.left, y: axes.top - outer.top, width: axes.width, height: axes.height,
    };
  }

  get isZoomed() {
    return this.view[0] > this.window[0] || this.view[1] < this.window[1];
  }

  timeAt(clientX) {
    const box = this.scrub.getBoundingClientRect();
    const share = Math.min(Math.max((clientX - box.left) / box.width, 0), 1);
    return this.view[0] + share * (this.view[1] - this.view[0]);
  }

  show([low, high]) {
    const [first, last] = this.window;
    const span = Math.min(Math.max(high - low, LEAST), last - first);
    const begin = Math.min(Math.max((low + high - span) / 2, first), last - span);
    this.view = [begin, span === last - first ? last : begin + span];
    this.figure.classList.toggle("zoomed", this.isZoomed);
    this.buttons.out.disabled = this.buttons.all.disabled = !this.isZoomed;
    this.buttons.in.disabled = span <= LEAST;
    this.buttons.back.disabled = begin <= first;
    this.buttons.on.disabled = this.view[1] >= last;
    this.place();
  }

  scale(factor) {
    const [low, high] = this.view;
    const isInside = !this.cursor.hidden && low <= this.at && this.at <= high;
    const middle = isInside || this.buttons.in === document.activeElement && low <= this.at &&
      this.at <= high && this.isRead ? this.at : (low + high) / 2;
    const half = (factor * (high - low)) / 2;
    this.show([middle - half, middle + half]);
  }

  pan(share) {
    const by = share * (this.view[1] - this.view[0]);
    this.show([this.view[0] + by, this.view[1] + by]);
  }

  step(seconds) {
    const [first, last] = this.window;
    const to = Math.min(Math.max(this.at + seconds, first), last);
    if (to < this.view[0] || to > this.view[1]) this.pan(seconds > 0 ? 0.5 : -0.5);
    this.move(to);
  }

  select(a, b) {
    const box = this.scrub.getBoundingClientRect();
    const [left, right] = [Math.max(Math.min(a, b), box.left), Math.min(Math.max(a, b), box.right)];
    this.selected.hidden = false;
    this.selected.style.left = left - box.left + "px";
    this.selected.style.width = right - left + "px";
  }

  move(time, isFirst = false) {
    this.at = time;
    const words = this.words(time);
    this.scrub.setAttribute("aria-valuenow", Math.round(time));
    this.scrub.setAttribute("aria-valuetext", words);
    if (isFirst) return;
    this.isRead = true;
    this.told.textContent = words;
    this.put();
  }

  put() {
    const [low, high] = this.view;
    this.cursor.hidden = !this.isRead || this.at < low || this.at > high;
    this.cursor.style.left = (100 * (this.at - low)) / (high - low) + "%";
  }

  words(time) {
    const parts = [this.dated(time, true) + " UTC", this.age(time)];
    const near = (this.view[1] - this.view[0]) / 200;
    const status = this.statuses.find(([begin, end]) => begin <= time && time <= end);
    if (status) parts.push(status[2]);
    const found = this.events.filter(([begin, end]) =>
      begin - (end > begin ? 0 : near) <= time && time <= end + (end > begin ? 0 : near));
    parts.push(...found.slice(0, 3).map((event) => event[2]));
    if (found.length > 3) parts.push("and " + (found.length - 3) + " more");
    return parts.join("; ");
  }

  // The last item that begins at a time or before, -1 without one.
  itemAt(time) {
    let [low, high] = [0, this.begin.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.begin[middle] <= time) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  age(time) {
    const k = this.itemAt(time);
    if (k < 0 || time > this.end[k] + 0.1) return "no age is defined";
    const target = inWords(this.target);
    if (!this.high[k]) {
      const age = this.low[k] + time - this.begin[k];
      return "age " + inWords(age) + (age > this.target ? ", above the RPO target of " + target : "");
    }
    const above = this.high[k] > this.target ? ", at times above the RPO target of " + target : "";
    return "age from " + inWords(this.low[k]) + " to " + inWords(this.high[k]) + above;
  }

  dated(time, isWhole) {
    const text = new Date(Math.round(1000 * (this.start + time))).toISOString();
    if (isWhole) return text.slice(0, 10) + " " + text.slice(11, 19);
    const span = this.view[1] - this.view[0];
    if (text.slice(11, 19) === "00:00:00" || span > 40 * 86400) return text.slice(5, 10);
    return span < 600 ? text.slice(11, 19) : text.slice(11, 16);
  }

  // Puts what lies over the figure to its place, and draws the part that is shown.
  place() {
    this.lanes = this.isZoomed ? Math.min(this.rows().length, 4) : 0;
    const box = this.box();
    for (const [side, key] of [["left", "x"], ["top", "y"], ["width", "width"], ["height", "height"]])
      this.scrub.style[side] = box[key] + "px";
    this.layer.replaceChildren();
    if (this.isZoomed) this.draw(box);
    this.put();
  }

  // The events in view, on as many lanes as they need to stand beside one another.
  rows() {
    const [low, high] = this.view;
    const rows = [];
    const width = Math.max(this.chart.clientWidth - 88, 40);
    const inside = this.events.filter(([begin, end]) => end >= low && begin <= high);
    this.isLabelled = inside.length <= 12;
    for (const event of inside) {
      const left = (Math.max(event[0] - low, 0) / (high - low)) * width;
      const right = (Math.min(event[1] - low, high - low) / (high - low)) * width;
      const wide = this.isLabelled ? Math.min(7 * event[2].length + 8, width) : 0;
      const from = Math.min(left, width - wide);
      const free = rows.find((row) => row.until <= from) || { until: 0, events: [] };
      if (!rows.includes(free)) rows.push(free);
      free.until = Math.max(right, from + wide, left + 5);
      free.events.push({ left, right: Math.max(right, left + 4), from, event });
    }
    return rows;
  }

  draw(box) {
    const [low, high] = this.view;
    const layer = this.layer;
    layer.style.left = this.chart.offsetLeft + "px";
    layer.style.top = this.chart.offsetTop + "px";
    layer.setAttribute("width", this.chart.clientWidth);
    layer.setAttribute("height", this.chart.clientHeight);
    const [left, top] = [box.x - this.chart.offsetLeft, box.y - this.chart.offsetTop];
    const x = (time) => left + ((time - low) / (high - low)) * box.width;
    const first = Math.max(this.itemAt(low), 0);
    let highest = 0;
    for (let k = first; k < this.begin.length && this.begin[k] <= high; k++)
      if (this.end[k] >= low) highest = Math.max(highest, this.topOf(k));
    // The target has a place in view where the age is near it.
    const most = 1.08 * (highest > 0.4 * this.target ? Math.max(highest, this.target) : highest || 1);
    const y = (age) => top + box.height * (1 - age / most);
    for (const [begin, end, status] of this.statuses)
      if (end > low && begin < high)
        this.band(Math.max(x(begin), left), Math.min(x(end), left + box.width), top, box.height, status);
    this.axes(left, top, box, most, x, y);
    this.curve(first, x, y, left, box.width);
    if (this.target <= most) {
      const at = y(this.target);
      drawn(layer, "path", { class: "target", d: "M" + left + " " + at + "h" + box.width });
      drawn(layer, "text", { class: "target", x: left + box.width - 2, y: at - 4, "text-anchor": "end" },
        "RPO " + inWords(this.target));
    }
    this.rows().slice(0, 4).forEach((row, lane) => row.events.forEach((mark) => {
      const at = top - 4 - 16 * lane;
      drawn(layer, "rect", {
        x: left + mark.left, y: at - 3, width: mark.right - mark.left, height: 4, fill: mark.event[3],
      });
      if (this.isLabelled) drawn(layer, "text", { x: left + mark.from, y: at - 5 }, mark.event[2]);
    }));
  }

  topOf(k) {
    return this.high[k] || this.low[k] + this.end[k] - this.begin[k];
  }

  band(from, to, top, height, status) {
    drawn(this.layer, "rect", { class: "band " + status, x: from, y: top, width: to - from, height });
    if (to - from > 8 * status.length)
      drawn(this.layer, "text", { class: "quiet", x: (from + to) / 2, y: top + 13, "text-anchor": "middle" },
        status);
  }

  curve(first, x, y, left, width) {
    let [line, blocks, joined] = ["", "", NaN];
    const inside = (at) => Math.min(Math.max(at, left), left + width).toFixed(1);
    for (let k = first; k < this.begin.length && this.begin[k] <= this.view[1]; k++) {
      if (this.end[k] < this.view[0]) continue;
      const [a, b] = [inside(x(this.begin[k])), inside(x(this.end[k]))];
      if (this.high[k]) {
        blocks += "M" + a + " " + y(this.low[k]).toFixed(1) + "H" + b + "V" +
          y(this.high[k]).toFixed(1) + "H" + a + "Z";
        joined = NaN;
        continue;
      }
      const ages = [Math.max(this.begin[k], this.view[0]), Math.min(this.end[k], this.view[1])]
        .map((time) => y(this.low[k] + time - this.begin[k]).toFixed(1));
      line += (joined === this.begin[k] ? "L" : "M") + a + " " + ages[0] + "L" + b + " " + ages[1];
      joined = this.end[k];
    }
    drawn(this.layer, "path", { class: "blocks", d: blocks });
    drawn(this.layer, "path", { class: "line", d: line });
  }

  axes(left, top, box, most, x, y) {
    const layer = this.layer;
    const bottom = top + box.height;
    drawn(layer, "path", { class: "axis", d: "M" + left + " " + top + "V" + bottom + "h" + box.width });
    const up = STEPS.find((step) => most / step <= Math.max(box.height / 34, 2)) || STEPS.at(-1);
    for (let age = 0; age <= most; age += up) {
      drawn(layer, "path", { class: "axis", d: "M" + left + " " + y(age) + "h-4" });
      drawn(layer, "text", { class: "quiet", x: left - 7, y: y(age) + 4, "text-anchor": "end" },
        age ? inWords(age) : "0");
    }
    const span = this.view[1] - this.view[0];
    const on = STEPS.find((step) => (span / step) * 76 <= box.width) || STEPS.at(-1);
    const begin = Math.ceil((this.view[0] + this.start) / on) * on - this.start;
    for (let time = begin; time <= this.view[1]; time += on) {
      drawn(layer, "path", { class: "axis", d: "M" + x(time) + " " + bottom + "v4" });
      drawn(layer, "text", { class: "quiet", x: x(time), y: bottom + 17, "text-anchor": "middle" },
        this.dated(time, false));
    }
    drawn(layer, "text", { class: "quiet", x: left, y: bottom + 33 },
      "from " + this.dated(this.view[0], true) + " UTC, " + inWords(span));
  }
}

for (const figure of document.querySelectorAll("figure.timeline")) new Timeline(figure);
