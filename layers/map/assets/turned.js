// Answer the switch of a layer before the page does: what goes is taken away at once, and what was
// seen a moment ago under the same question comes back. The page's own word follows and rules.
(function (A) {
  "use strict";

  const MOST = 12;
  const lately = new Map();  // what was painted last, by the question and the layers
  const key = (asked, on) => [asked, ...on].join(" ");

  function keep(data) {
    lately.delete(key(data.asked, data.on));
    lately.set(key(data.asked, data.on), data);
    if (lately.size > MOST) lately.delete(lately.keys().next().value);
  }

  // Without a layer, the rest is known; with one that has not been seen, only the page knows it. The
  // legend and the figures follow with the page's word, which alone bears a serial.
  function guess(id, on, layers) {
    const frame = id in A.data.show, next = { ...A.data, on: layers, serial: "" };
    if (frame) return { ...next, show: { ...A.data.show, [id]: on } };
    if (on) return null;
    const { [id]: _, ...rest } = A.data.layers;
    return { ...next, layers: rest };
  }

  function turn(id, on) {
    if (!A.data || A.data.on.includes(id) === on) return;
    const layers = [...A.data.on.filter((other) => other !== id), ...(on ? [id] : [])].sort();
    const next = lately.get(key(A.data.asked, layers)) || guess(id, on, layers);
    if (next) A.show(next);
  }

  Object.assign(A, { keep: keep, turn: turn });
})(window.ATLAS);
