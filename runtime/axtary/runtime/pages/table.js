"use strict";
// The page holds every rule once, as a row of the table. This script puts the rows under the tools that they concern
// and shows those that the filters leave. Without it the page is the plain list of rules.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const form = document.getElementById("filters");
  const body = document.getElementById("rules");
  const more = document.getElementById("more");
  const status = document.getElementById("status");
  const fields = ["tool", "actor", "effect", "text"].map((name) => form.elements.namedItem(name));
  const STEP = 300; // rows drawn at once: thousands of them make a page slow
  let limit = STEP;

  const rules = [...body.rows].map((row, index) => ({
    ...data.rules[index],
    row,
    effect: row.dataset.effect,
    text: row.textContent.toLowerCase(),
  }));

  // A pattern is a list of texts, and null for any run. Each text is taken at its first place, in order.
  function covers(pattern, text) {
    let at = 0;
    let end = text.length;
    let parts = pattern;
    if (parts.length === 1 && parts[0] !== null) return text === parts[0];
    if (parts[0] !== null) {
      if (!text.startsWith(parts[0])) return false;
      at = parts[0].length;
      parts = parts.slice(1);
    }
    if (parts[parts.length - 1] !== null) {
      const last = parts[parts.length - 1];
      if (!text.endsWith(last)) return false;
      end -= last.length;
      parts = parts.slice(0, -1);
    }
    for (const part of parts) {
      if (part === null) continue;
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return at <= end;
  }

  const some = (patterns, text) => patterns.some((pattern) => covers(pattern, text));

  function rows(tool) {
    if (tool === "") return data.tools;
    const known = data.tools.find((entry) => !entry.pattern && entry.tool === tool);
    if (known) return [known];
    const found = data.order.filter((index) => some(rules[index].tools, tool));
    return [{ tool, pattern: false, rules: found }];
  }

  // What is to be seen: each tool with its rules, and what is to be said about it.
  function groups(filters) {
    const words = filters.text.toLowerCase();
    const found = [];
    for (const entry of rows(filters.tool)) {
      const known = entry.rules
        .map((index) => rules[index])
        .filter((rule) => filters.actor === "" || rule.actors === null || some(rule.actors, filters.actor));
      const kept = known.filter(
        (rule) => (filters.effect === "" || rule.effect === filters.effect) && rule.text.includes(words),
      );
      const denied = known.every((rule) => rule.effect === "deny");
      const narrowed = filters.effect !== "" || words !== "";
      if (kept.length || !narrowed || filters.tool !== "") found.push({ entry, kept, note: note(entry, known, kept, denied) });
    }
    return found;
  }

  function note(entry, known, kept, denied) {
    if (denied && entry.pattern) return "No allow or step_up rule concerns them all: what no other row grants is denied.";
    if (!known.length) return "No rule concerns it: every call is denied by default.";
    if (denied) return "No allow or step_up rule concerns it: every call is denied by default.";
    return kept.length ? "" : "No rule is left by the filters.";
  }

  function make(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function group({ entry, kept, note: remark }) {
    const head = make("th", { scope: "rowgroup", colSpan: 5 }, make("code", {}, entry.shown ?? entry.tool));
    head.setAttribute("role", "rowheader");
    if (entry.pattern) head.append(make("span", { className: "about" }, "every tool that this pattern matches"));
    if (remark) head.append(make("span", { className: "about" }, remark));
    const title = make("tr", { className: "tool" }, head);
    const made = make("tbody", {}, title, ...kept.map((rule) => rule.row.cloneNode(true)));
    title.setAttribute("role", "row");
    made.setAttribute("role", "rowgroup");
    return made;
  }

  function draw() {
    const filters = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    const all = groups(filters);
    for (const old of [...table.tBodies]) old.remove();
    let drawn = 0;
    let left = 0;
    for (const found of all) {
      if (drawn < limit) table.append(group(found));
      else left += 1;
      drawn += found.kept.length + 1;
    }
    const seen = new Set(all.flatMap((found) => found.kept)).size;
    status.textContent = `${seen} of ${rules.length} rules, under ${all.length} of ${data.tools.length} tools and patterns.`;
    if (filters.tool !== "") status.textContent = `${seen} of ${rules.length} rules, under this tool.`;
    more.hidden = left === 0;
    more.firstElementChild.textContent = `Show more: ${left} tools and patterns are not shown yet`;
  }

  // The address holds the filters, so that a view can be shared: #tool=fs.read&effect=deny
  function restore() {
    const wanted = location.hash.length > 1 ? new URLSearchParams(location.hash.slice(1)) : new Map(Object.entries(data.filters));
    for (const field of fields) field.value = wanted.get(field.name) ?? "";
    if (form.elements.namedItem("effect").selectedIndex < 0) form.elements.namedItem("effect").value = "";
    limit = STEP;
    draw();
  }

  function changed() {
    const wanted = new URLSearchParams(fields.filter((field) => field.value !== "").map((field) => [field.name, field.value]));
    history.replaceState(null, "", `#${wanted}`);
    limit = STEP;
    draw();
  }

  function offer(id, values) {
    document.getElementById(id).append(...values.map((value) => make("option", { value })));
  }

  const table = document.getElementById("table");
  offer("tools", data.tools.filter((entry) => !entry.pattern).map((entry) => entry.tool));
  offer("actors", data.actors);
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(changed));
  more.firstElementChild.addEventListener("click", () => {
    limit += 10 * STEP;
    draw();
  });
  addEventListener("hashchange", restore);
  addEventListener("beforeprint", () => {
    limit = Infinity;
    draw();
  });
  form.hidden = false;
  restore();
})();
