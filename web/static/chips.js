// Lists of codes, each of which can be removed or kept by a click.

import { at, make, pageOf } from "./dom.js";

const FIRST = 60;

// Shows problems as chips; `action` ("remove" or "keep") is called with a set of the codes that were clicked.
export function showChips(id, some, action, act, first = FIRST) {
  const list = at(id);
  const focused = [...list.querySelectorAll("button")].indexOf(document.activeElement);
  const chips = some.slice(0, first).map((one) => chip(one, action, act));
  if (some.length > first) {
    const all = button(`Show all ${some.length.toLocaleString("en")}`, () => showChips(id, some, action, act, Infinity));
    chips.push(make("li", {}, all));
  }
  if (action === "keep" && some.length > 1) {
    chips.push(make("li", {}, button(`Keep all ${some.length}`, () => act(new Set(some.map((one) => one.code))))));
  }
  list.replaceChildren(...chips);
  // What was clicked is gone: go on at the one that took its place.
  const left = list.querySelectorAll("button");
  if (focused >= 0 && left.length) left[Math.min(focused, left.length - 1)].focus();
}

const button = (text, onclick) => make("button", { type: "button", onclick }, text);

function chip(one, action, act) {
  if (action === "keep") {
    const keep = button("", () => act(new Set([one.code])));
    keep.append("+ ", make("b", {}, one.code), " ", make("bdi", {}, one.name));
    return make("li", {}, keep);
  }
  const remove = button("×", () => act(new Set([one.code])));
  remove.setAttribute("aria-label", `Remove ${one.code}`);
  const name = make("a", { href: pageOf(one.code), title: one.name }, one.code);
  return make("li", {}, name, one.note ? make("span", { className: "mark" }, one.note) : "", remove);
}
