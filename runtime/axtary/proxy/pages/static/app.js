// What the pages do by themselves: news, countdowns, keys, the code of a login link, and the seal of
// a login, without which no answer is taken. All else works without, but news.
"use strict";

const byId = (id) => document.getElementById(id);
const isTyping = () => ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement?.tagName);

// --- time ---------------------------------------------------------------------------------------------------------

function left(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function tick() {
  for (const each of document.querySelectorAll("[data-expires]")) {
    const rest = Number(each.dataset.expires) - Date.now();
    const text = rest > 0 ? `in ${left(rest)}` : "expired";
    if (each.textContent !== text) each.textContent = text;
  }
}

function local() {
  for (const each of document.querySelectorAll("time[datetime]")) {
    const when = new Date(each.dateTime);
    if (!Number.isNaN(when.getTime())) {
      each.title = each.textContent;
      each.textContent = when.toLocaleString();
    }
  }
}

// --- keys ---------------------------------------------------------------------------------------------------------

function move(step) {
  const links = [...document.querySelectorAll("#queue ol a")];
  const now = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[Math.min(links.length - 1, Math.max(0, now + step))];
  if (next && !next.hasAttribute("aria-current")) next.click();
}

// A key only brings the button into focus: to press it takes another one, Enter.
function aim(id) {
  const button = byId(id);
  if (!button || button.disabled) return;
  button.focus();
  byId("hint").textContent = id === "approve" ? "Press Enter to approve exactly this action." : "Press Enter to deny it.";
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  a: () => aim("approve"),
  d: () => aim("deny"),
  r: () => byId("reason")?.focus(),
};

function press(event) {
  if (event.key === "Escape" && isTyping()) document.activeElement.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping()) return;
  const action = KEYS[event.key];
  if (action && byId("approvals")) {
    event.preventDefault();
    action();
  }
}

// --- news ---------------------------------------------------------------------------------------------------------

function say(text) {
  const notice = byId("notice");
  notice.textContent = text;
  notice.hidden = false;
}

// What is looked at is never replaced under the eyes of who answers: of the request, only how it stands.
async function refresh() {
  const shown = byId("standing")?.dataset.request; // the address may name none: then another one may be the first now
  const address = shown ? `/ui/approvals/${shown}${location.search}` : location.href;
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (answer.redirected || !answer.ok) return location.reload();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = fresh.title;
  const queue = byId("queue");
  const hadFocus = queue.contains(document.activeElement);
  queue.replaceWith(fresh.getElementById("queue"));
  if (hadFocus) document.querySelector("#queue a[aria-current]")?.focus();
  const [before, after] = [byId("standing"), fresh.getElementById("standing")];
  if (!before) byId("detail").replaceWith(fresh.getElementById("detail"));
  else if (after && before.innerHTML !== after.innerHTML) {
    const state = after.dataset.state;
    if (before.dataset.state !== state) say(`This request is ${state} now.`);
    before.replaceWith(after);
    if (!fresh.getElementById("answer")) byId("answer")?.remove();
  }
  local();
  tick();
}

function listen() {
  const source = byId("approvals")?.dataset.live;
  if (!source) return;
  let known = null; // the first news may be of a change since the page was made
  new EventSource(source).onmessage = (event) => {
    if (known !== event.data) refresh().catch(() => {});
    known = event.data;
  };
}

// --- login --------------------------------------------------------------------------------------------------------

function logIn() {
  const [form, code] = [byId("login"), location.hash.slice(1)];
  if (!form || !code) return;
  history.replaceState(null, "", location.pathname); // it does not stay in the address
  byId("code").value = code;
  form.requestSubmit();
}

// A cookie goes to every port of this host. The seal is kept for this origin alone, and only an answer has it.
const SEAL = "axtary-seal";

function keepSeal() {
  if (!location.hash.startsWith("#seal=")) return;
  localStorage.setItem(SEAL, location.hash.slice("#seal=".length));
  history.replaceState(null, "", location.pathname + location.search);
}

function seal(event) {
  const field = event.target.elements?.namedItem("seal");
  if (field) field.value = localStorage.getItem(SEAL) ?? "";
}

keepSeal();
document.addEventListener("submit", seal);
local();
tick();
setInterval(tick, 1000);
document.addEventListener("keydown", press);
addEventListener("hashchange", logIn);
listen();
logIn();
