// Which errors are shown: the choices made, kept in the address, and how many errors each choice would leave.
"use strict";

const FACETS = ["state", "why", "slot", "label", "change"];
const OF_EVENT = new Set(["state", "change"]);

class Choices {
  constructor(data) {
    this.data = data;
    this.clear();
  }

  clear() {
    this.reading = Object.keys(this.data.readings).find((key) => this.data.errors.some((e) => e.reading === key));
    Object.assign(this, { words: "", report: "", order: "report", scored: false, page: 0 });
    for (const facet of FACETS) this[facet] = new Set();
  }

  read(address) {
    this.clear();
    const given = new URLSearchParams(address);
    for (const facet of FACETS) this[facet] = new Set((given.get(facet) || "").split(",").filter(Boolean));
    for (const name of ["reading", "words", "report", "order"]) if (given.has(name)) this[name] = given.get(name);
    this.scored = given.has("scored");
    this.page = Math.max(0, (Number.parseInt(given.get("page"), 10) || 1) - 1);
  }

  address() {
    const said = new URLSearchParams({ reading: this.reading || "" });
    for (const facet of FACETS) if (this[facet].size) said.set(facet, [...this[facet]].join(","));
    for (const name of ["words", "report"]) if (this[name]) said.set(name, this[name]);
    if (this.order !== "report") said.set("order", this.order);
    if (this.scored) said.set("scored", "1");
    if (this.page) said.set("page", this.page + 1);
    return said.toString();
  }
}

// The errors of a reading, a report and a search, before the facets.
function within(data, choices) {
  const words = choices.words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return data.errors.filter(
    (error) =>
      error.reading === choices.reading &&
      (!choices.report || data.reports[error.report].id === choices.report) &&
      words.every((word) => haystack(data, error).includes(word)),
  );
}

function haystack(data, error) {
  if (error.haystack === undefined) {
    const { id, text } = data.reports[error.report];
    const said = error.differences.flatMap((d) =>
      [data.slots[d.slot], data.why[d.why], d.note, d.about, ...(d.gold || []), ...(d.found || [])]);
    const shown = error.passages.map(([start, end]) => text.slice(start, end));
    error.haystack = [id, ...shown, ...said].join("\n").toLocaleLowerCase();
  }
  return error.haystack;
}

function values(facet, error, difference) {
  if (OF_EVENT.has(facet)) return error[facet] ? [error[facet]] : [];
  return facet === "label" ? difference.labels : [difference[facet]];
}

// The facets whose choices one difference of an error does not meet.
function unmet(choices, error, difference) {
  return FACETS.filter((facet) =>
    choices[facet].size && !values(facet, error, difference).some((value) => choices[facet].has(value)));
}

function meets(choices, error, difference) {
  return (difference.scored || !choices.scored) && !unmet(choices, error, difference).length;
}

// The errors of which one difference meets all choices; and per facet, value → how many errors would be
// shown were it the only choice of its facet.
function sift(choices, errors) {
  const found = { kept: [], tallies: new Map(FACETS.map((facet) => [facet, new Map()])) };
  for (const error of errors) {
    const here = new Set();
    let kept = false;
    for (const difference of error.differences) {
      if (choices.scored && !difference.scored) continue;
      const wrong = unmet(choices, error, difference);
      kept ||= !wrong.length;
      for (const facet of wrong.length ? (wrong.length === 1 ? wrong : []) : FACETS) {
        for (const value of values(facet, error, difference)) here.add(`${facet} ${value}`);
      }
    }
    if (kept) found.kept.push(error);
    for (const said of here) {
      const [facet, value] = said.split(" "), tally = found.tallies.get(facet);
      tally.set(value, (tally.get(value) || 0) + 1);
    }
  }
  return found;
}

function ordered(choices, errors) {
  const sign = { most: -1, fewest: 1 }[choices.order];
  return sign ? errors.sort((a, b) => sign * (a.differences.length - b.differences.length)) : errors;
}
