"use strict";
(() => {
  const text = document.querySelector(".text");
  const found = document.querySelector(".found");
  const back = document.getElementById("back");
  const rows = [...document.querySelectorAll("tr[data-above]")];
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const values = [...document.querySelectorAll(".value")];
  const usedBy = new Map();
  for (const value of values) {
    for (const id of ids(value.dataset.lights)) usedBy.set(id, [...(usedBy.get(id) || []), value]);
    value.setAttribute("aria-pressed", "false");
  }
  document.querySelectorAll(".tools").forEach((tools) => (tools.hidden = false));

  function ids(list) {
    return list ? list.split(" ") : [];
  }

  // ---- light: the words of a value, and more faintly those of its event

  let lit = [];
  let pinned = null;

  function put(element, ...names) {
    if (!element) return;
    element.classList.add(...names);
    lit.push([element, names]);
  }

  function dark() {
    for (const [element, names] of lit) element.classList.remove(...names);
    lit = [];
  }

  function light(element) {
    dark();
    if (!element) return;
    if (element.matches("mark")) return lightUses(element);
    const row = element.closest("tr[data-lights]") || rowOf.get(element.dataset.row);
    const carried = new Set(row ? ids(row.dataset.carried) : []);
    for (const id of row ? ids(row.dataset.lights) : []) {
      put(document.getElementById(id), "kin", ...(carried.has(id) ? ["carried"] : []));
    }
    if (element !== row) for (const id of ids(element.dataset.lights)) put(document.getElementById(id), "lit");
    const site = element.closest("[data-site]");
    if (site) lightSite(site.dataset.site);
  }

  function lightUses(mark) {
    put(mark, "lit");
    for (const value of usedBy.get(mark.id) || []) {
      if (value.closest("th")) continue;
      put(value, "lit");
      put(value.closest("tr, [data-site]"), "lit");
    }
  }

  function lightSite(key) {
    for (const part of document.querySelectorAll(`[data-site="${key}"]`)) put(part, "lit");
  }

  function lighting(target) {
    if (!(target instanceof Element)) return null;
    return target.closest(".value, mark") || target.closest("[data-site], tr[data-lights]");
  }

  function lightTarget(target) {
    const element = lighting(target);
    if (element && element.matches("circle, li[data-site]")) {
      dark();
      lightSite(element.dataset.site);
      const its = document.querySelectorAll(`li[data-site="${element.dataset.site}"] .value`);
      for (const value of its) for (const id of ids(value.dataset.lights)) put(document.getElementById(id), "lit");
      return;
    }
    light(element || pinned);
  }

  // ---- into view: the text has a pane of its own where the window is wide

  const beside = () => getComputedStyle(text).overflowY === "auto";

  function isSeen(element, pane) {
    const box = element.getBoundingClientRect();
    const frame = pane.getBoundingClientRect();
    return box.top >= frame.top && box.bottom <= frame.bottom;
  }

  function showWords(value) {
    const marks = ids(value.dataset.lights).map((id) => document.getElementById(id)).filter(Boolean);
    if (marks.length && beside() && !marks.some((mark) => isSeen(mark, text))) middle(marks[0], text);
    return marks[0];
  }

  function middle(element, pane) {
    const box = element.getBoundingClientRect();
    const frame = pane.getBoundingClientRect();
    pane.scrollTo({ top: pane.scrollTop + box.top - frame.top - pane.clientHeight / 3 });
  }

  let waiting = 0;
  let last = null; // the value to go back to where the text stands above

  document.addEventListener("pointerover", (event) => {
    clearTimeout(waiting);
    lightTarget(event.target);
    const value = event.target.closest(".value");
    if (value && event.pointerType === "mouse") waiting = setTimeout(() => showWords(value), 200);
  });
  document.documentElement.addEventListener("pointerleave", () => {
    clearTimeout(waiting);
    light(pinned);
  });
  document.addEventListener("focusin", (event) => {
    const value = event.target.closest(".value");
    if (value && value.matches(":focus-visible")) {
      light(value);
      showWords(value);
    } else if (!value) {
      light(pinned);
    }
  });

  function pin(value) {
    if (pinned) pinned.setAttribute("aria-pressed", "false");
    pinned = value === pinned ? null : value;
    if (pinned) pinned.setAttribute("aria-pressed", "true");
    light(pinned);
  }

  document.addEventListener("click", (event) => {
    const value = event.target.closest(".value");
    const mark = event.target.closest("mark");
    if (value) {
      pin(value);
      if (!pinned) return;
      const first = showWords(value);
      if (first && !beside()) {
        last = value;
        first.scrollIntoView({ block: "center" });
        back.hidden = false;
      }
    } else if (mark) {
      const use = (usedBy.get(mark.id) || []).find((one) => one.closest("td"));
      if (use) reveal(use.closest("tr"), use);
      lightUses(mark);
    }
  });
  back.addEventListener("click", () => {
    back.hidden = true;
    last.scrollIntoView({ block: "center" });
    last.focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && pinned) pin(pinned);
    if ((event.key === "Enter" || event.key === " ") && event.target.matches(".value")) {
      event.preventDefault();
      event.target.click();
    }
  });

  // ---- folding, and finding

  const folds = [...document.querySelectorAll("button.fold")];
  const folded = new Set(folds.map((button) => button.dataset.of));
  const all = document.getElementById("fold");
  const find = document.getElementById("find");
  const count = document.getElementById("count");

  function arrange() {
    const asked = find.value.trim().toLowerCase();
    const kept = new Set();
    if (asked) {
      for (const row of rows) {
        if (!row.textContent.toLowerCase().includes(asked)) continue;
        kept.add(row.id);
        for (const id of ids(row.dataset.above)) kept.add(id);
      }
    }
    for (const row of rows) {
      const under = ids(row.dataset.above).some((id) => folded.has(id));
      row.hidden = asked ? !kept.has(row.id) : under;
    }
    for (const button of folds) button.setAttribute("aria-expanded", String(!folded.has(button.dataset.of)));
    all.textContent = folded.size ? "Unfold all" : "Fold all";
    count.textContent = asked ? `${rows.filter((row) => !row.hidden).length} of ${rows.length}` : "";
  }

  function reveal(row, target) {
    for (const id of ids(row.dataset.above)) folded.delete(id);
    find.value = "";
    arrange();
    if (beside() && !isSeen(target, found)) middle(target, found);
  }

  function jump() {
    const row = rowOf.get(location.hash.slice(1));
    if (!row) return;
    reveal(row, row);
    const value = row.querySelector("th .value");
    if (pinned !== value) pin(value);
    if (!beside()) row.scrollIntoView({ block: "start" });
    showWords(value);
  }

  if (find) {
    for (const button of folds) {
      button.addEventListener("click", () => {
        if (!folded.delete(button.dataset.of)) folded.add(button.dataset.of);
        arrange();
      });
    }
    all.hidden = folds.length === 0;
    all.addEventListener("click", () => {
      if (folded.size) folded.clear();
      else folds.forEach((button) => folded.add(button.dataset.of));
      arrange();
    });
    find.addEventListener("input", arrange);
    arrange();
    jump();
    addEventListener("hashchange", jump);
  }

  // ---- export: the very bytes that the command writes

  const types = { json: "application/json", csv: "text/csv" };
  for (const button of document.querySelectorAll("[data-export]")) {
    button.addEventListener("click", () => {
      const files = JSON.parse(document.getElementById("exports").textContent);
      const kind = button.dataset.export;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([files[kind]], { type: types[kind] }));
      link.download = `${files.name}.${kind}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
  }
})();
