// An error as a card: what differs and why, and the text with both sides' marks. Everything is text content.
"use strict";

const part = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
const put = (root, selector, text) => {
  const element = root.querySelector(selector);
  if (text) element.textContent = text;
  else element.remove();
};

function card(data, error, choices) {
  const made = part("card"), report = data.reports[error.report];
  const ids = [error.gold && `gold ${error.gold.id}`, error.found && `${model(error)} ${error.found.id}`];
  put(made, "h3", `${report.id}: ${ids.filter(Boolean).join(" / ")}`);
  put(made, ".state", data.states[error.state]);
  put(made, ".change", data.changes[error.change]);
  const link = made.querySelector(".studio");
  if (report.link) link.href = report.link;
  else link.remove();
  put(made, ".model", model(error));
  const rows = error.differences.map((difference) => row(data, error, difference, choices));
  made.querySelector("tbody").append(...rows);
  const whole = made.querySelector(".whole");
  const show = (all) => {
    const passages = all ? [[0, report.text.length]] : error.passages;
    made.querySelector(".sides").replaceChildren(...sides(report, error, data.labels, passages));
    whole.setAttribute("aria-expanded", String(all));
    whole.textContent = all ? "Only the sentences concerned" : "Whole report";
  };
  whole.addEventListener("click", () => show(whole.getAttribute("aria-expanded") === "false"));
  show(false);
  return made;
}

const model = (error) => (error.old ? "old model" : "model");

function row(data, error, difference, choices) {
  const made = part("difference");
  put(made, ".slot", data.slots[difference.slot]);
  put(made, ".about", difference.about && `of “${difference.about}”`);
  for (const side of ["gold", "found"]) {
    const cell = made.querySelector(`.${side}`), said = difference[side];
    cell.dataset.side = side === "gold" ? "gold" : model(error);
    if (!said) {
      cell.textContent = "–";
      continue;
    }
    put(cell, "q", said[0]);
    put(cell, ".value", said[1] === said[0] ? "" : said[1]);
    if (side === "found") put(cell, ".whose", difference.became === "fixed" && !error.old && "the old model’s");
  }
  put(made, ".reason", data.why[difference.why]);
  put(made, ".note", difference.note);
  const became = { fixed: "fixed", broke: "new", same: "" }[difference.became];
  put(made, ".beside", [became, difference.scored ? "" : "beside the score"].filter(Boolean).join(", "));
  if (!meets(choices, error, difference)) made.className = "other";
  return made;
}

function sides(report, error, labels, passages) {
  const found = report.spans[error.old ? "old" : error.reading] || report.spans.gold;
  return [
    side("Gold", error.gold, report.text, report.spans.gold, labels, passages),
    side(error.old ? "Old model" : "Model", error.found, report.text, found, labels, passages),
  ];
}

function side(name, event, text, spans, labels, passages) {
  const made = part("side");
  put(made, "figcaption", `${name}: ${event ? `${event.id}, ${event.kind}` : "no such event"}`);
  const marks = new Map(spans.map(([start, end, label]) => [start, { start, end, label, use: "other" }]));
  for (const [start, end, label, wrong] of event ? event.marks : []) {
    marks.set(start, { start, end, label, use: wrong ? "wrong" : "right" });
  }
  const ordered = [...marks.values()].sort((a, b) => a.start - b.start);
  const pieces = passages.map(([start, end]) => [...marked(text, ordered, labels, start, end)]);
  const gap = () => Object.assign(document.createElement("span"), { className: "gap", textContent: " […] " });
  const body = made.querySelector(".text");
  pieces.forEach((piece, i) => body.append(...(i || passages[0][0] > 0 ? [gap()] : []), ...piece));
  return made;
}

const USES = { right: "", wrong: ", differs", other: ", not of this event" };

function* marked(text, marks, labels, start, end) {
  let at = start;
  for (const mark of marks) {
    if (mark.start < at || mark.end > end) continue;
    yield text.slice(at, mark.start);
    const made = document.createElement("mark");
    made.className = `l${labels.indexOf(mark.label) + 1} ${mark.use}`;
    made.title = mark.label + USES[mark.use];
    const said = document.createElement("span");
    said.className = "unseen";
    said.textContent = ` (${mark.label}${USES[mark.use]})`;
    made.append(text.slice(mark.start, mark.end), said);
    yield made;
    at = mark.end;
  }
  yield text.slice(at, end);
}
