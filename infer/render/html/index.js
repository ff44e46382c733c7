"use strict";
(() => {
  const facets = JSON.parse(document.getElementById("facets").textContent);
  const rows = [...document.querySelectorAll("#list tr")];
  const words = rows.map((row) => row.textContent.toLowerCase());
  const at = (id) => document.getElementById(id);
  const fields = ["find", "actor", "country", "first", "last", "differs"].map(at);
  const periods = [...document.querySelectorAll(".period")];
  document.querySelectorAll(".tools").forEach((tools) => (tools.hidden = false));

  // A day that an event leaves open may be any.
  function within(event) {
    if (!at("first").value && !at("last").value) return true;
    if (!event.first && !event.last) return false;
    return (
      (!at("first").value || !event.last || event.last >= at("first").value) &&
      (!at("last").value || !event.first || event.first <= at("last").value)
    );
  }

  function tells(event) {
    return (
      (!at("actor").value || event.actors.includes(at("actor").value)) &&
      (!at("country").value || event.countries.includes(at("country").value)) &&
      within(event)
    );
  }

  function filter() {
    const asked = at("find").value.trim().toLowerCase();
    const byEvent = ["actor", "country", "first", "last"].some((id) => at(id).value);
    rows.forEach((row, number) => {
      const told = facets[number];
      const named = words[number].includes(asked) || told.some((e) => e.actors.join("\n").toLowerCase().includes(asked));
      const kept = named && (!byEvent || told.some(tells)) && (!at("differs").checked || "differs" in row.dataset);
      row.hidden = !kept;
    });
    const shown = rows.filter((row) => !row.hidden).length;
    at("count").textContent = `${shown} of ${rows.length} report${rows.length === 1 ? "" : "s"}`;
    for (const period of periods) {
      const chosen = period.dataset.first === at("first").value && period.dataset.last === at("last").value;
      period.setAttribute("aria-pressed", String(chosen));
    }
  }

  function choose(period) {
    const chosen = period.getAttribute("aria-pressed") === "true";
    at("first").value = chosen ? "" : period.dataset.first;
    at("last").value = chosen ? "" : period.dataset.last;
    filter();
  }

  for (const field of fields) field.addEventListener("input", filter);
  at("clear").addEventListener("click", () => {
    for (const field of fields) {
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
    filter();
  });
  for (const period of periods) {
    period.addEventListener("click", () => choose(period));
    period.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(period);
    });
  }

  document.addEventListener("pointerover", (event) => {
    const site = event.target.closest("[data-site]");
    for (const part of document.querySelectorAll("[data-site].lit")) part.classList.remove("lit");
    if (site) for (const part of document.querySelectorAll(`[data-site="${site.dataset.site}"]`)) part.classList.add("lit");
  });

  const scroller = document.querySelector("#time ~ .scroll");
  if (scroller) scroller.scrollLeft = scroller.scrollWidth; // the latest months, where not all have room
  filter();
})();
