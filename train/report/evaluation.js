// The page's parts put together: filters, counts, cards a page at a time.
"use strict";

(() => {
  const PER_PAGE = 20;
  const data = JSON.parse(document.getElementById("data").textContent);
  const form = document.getElementById("filters");
  const choices = new Choices(data);
  const titles = { reading: data.readings, state: data.states, why: data.why, slot: data.slots,
                   label: Object.fromEntries(data.labels.map((label) => [label, label])), change: data.changes };

  function fieldsets(act) {
    for (const set of form.querySelectorAll("fieldset[data-facet]")) act(set, set.dataset.facet);
  }

  function build() {
    const there = new Set(data.errors.flatMap((error) => [
      error.reading, ...FACETS.flatMap((facet) => error.differences.flatMap((d) => values(facet, error, d)))]));
    fieldsets((set, facet) => {
      for (const [value, name] of Object.entries(titles[facet]).filter(([value]) => there.has(value))) {
        const choice = part("choice"), box = choice.querySelector("input");
        Object.assign(box, { name: facet, value, type: "single" in set.dataset ? "radio" : "checkbox" });
        put(choice, ".name", name);
        set.append(choice);
      }
      set.hidden = set.querySelectorAll("input").length < 2;
    });
    form.elements.report.append(new Option("all", ""));
    const concerned = new Set(data.errors.map((error) => error.report));
    data.reports.forEach((report, i) => concerned.has(i) && form.elements.report.append(new Option(report.id, report.id)));
  }

  // The controls as the choices are.
  function reflect() {
    for (const name of ["words", "report", "order"]) form.elements[name].value = choices[name];
    form.elements.scored.checked = choices.scored;
    fieldsets((set, facet) => set.querySelectorAll("input").forEach((box) => {
      box.checked = facet === "reading" ? box.value === choices.reading : choices[facet].has(box.value);
    }));
  }

  // The choices as the controls are.
  function take() {
    for (const name of ["words", "report", "order"]) choices[name] = form.elements[name].value;
    choices.scored = form.elements.scored.checked;
    fieldsets((set, facet) => {
      const checked = [...set.querySelectorAll("input:checked")].map((box) => box.value);
      if (facet === "reading") choices.reading = checked[0] || choices.reading;
      else choices[facet] = new Set(checked);
    });
    choices.page = 0;
  }

  function recount(tallies) {
    fieldsets((set, facet) => set.querySelectorAll("input").forEach((box) => {
      const number = tallies.get(facet).get(box.value) || 0, label = box.closest("label");
      label.querySelector(".number").textContent = number;
      label.classList.toggle("none", !number);
    }));
  }

  // How many errors each reading would show.
  function readings(kept) {
    const numbers = new Map([[choices.reading, kept]]);
    for (const reading of Object.keys(data.readings).filter((key) => key !== choices.reading)) {
      const other = Object.assign(Object.create(choices), choices, { reading });
      numbers.set(reading, sift(other, within(data, other)).kept.length);
    }
    return numbers;
  }

  function show() {
    const { kept, tallies } = sift(choices, within(data, choices));
    const found = ordered(choices, kept);
    const pages = Math.max(1, Math.ceil(found.length / PER_PAGE));
    choices.page = Math.min(choices.page, pages - 1);
    recount(tallies.set("reading", readings(found.length)));
    const all = data.errors.filter((error) => error.reading === choices.reading).length;
    document.getElementById("count").textContent =
      `${found.length} of ${all} events` + (pages > 1 ? `, page ${choices.page + 1} of ${pages}` : "");
    const shown = found.slice(choices.page * PER_PAGE, (choices.page + 1) * PER_PAGE);
    document.getElementById("cards").replaceChildren(...shown.map((error) => card(data, error, choices)));
    const pager = document.getElementById("pager");
    pager.hidden = pages < 2;
    pager.querySelector("span").textContent = `Page ${choices.page + 1} of ${pages}`;
    pager.querySelectorAll("button").forEach((button) => {
      const page = choices.page + Number(button.dataset.step);
      button.disabled = page < 0 || page >= pages;
    });
  }

  function update() {
    show();
    history.replaceState(null, "", `#errors?${choices.address()}`);
  }

  function arrive() {
    const [, address] = location.hash.split("?");
    choices.read(address || "");
    if (!(choices.reading in data.readings)) choices.clear();
    reflect();
    show();
    if (address !== undefined) document.getElementById("errors").scrollIntoView();
  }

  // With another model: a row a report, those that changed most first.
  function byReport() {
    const kinds = Object.keys(data.changes);
    if (!kinds.length) return;
    const rows = new Map();
    for (const error of data.errors.filter((e) => e.reading === choices.reading)) {
      const row = rows.get(error.report) || rows.set(error.report, new Map()).get(error.report);
      row.set(error.change, (row.get(error.change) || 0) + 1);
    }
    const table = document.querySelector("#by-report table");
    table.tHead.rows[0].append(...kinds.map((kind) => {
      const cell = document.createElement("th");
      return Object.assign(cell, { scope: "col", textContent: data.changes[kind] });
    }));
    const net = (row) => (row.get("fixed") || 0) - (row.get("broke") || 0);
    for (const [report, counts] of [...rows].sort((a, b) => Math.abs(net(b[1])) - Math.abs(net(a[1])))) {
      const row = table.tBodies[0].insertRow(), name = document.createElement("th");
      const link = document.createElement("a");
      name.scope = "row";
      link.textContent = data.reports[report].id;
      link.href = `#errors?${new URLSearchParams({ reading: choices.reading, report: data.reports[report].id })}`;
      name.append(link);
      row.append(name);
      for (const kind of kinds) row.insertCell().textContent = counts.get(kind) || "";
    }
    document.getElementById("by-report").hidden = false;
  }

  form.addEventListener("input", () => { take(); update(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => { event.preventDefault(); choices.clear(); reflect(); update(); });
  document.getElementById("pager").addEventListener("click", (event) => {
    if (!event.target.dataset.step) return;
    choices.page += Number(event.target.dataset.step);
    update();
    document.getElementById("count").focus();
  });
  window.addEventListener("hashchange", arrive);
  build();
  document.getElementById("browser").hidden = false;
  if (matchMedia("(max-width: 60rem)").matches) form.querySelector("details").open = false;
  arrive();
  byReport();
})();
