// Keeps the reader's work in the browser: what is at work through a reload of this tab, what was
// kept for later for all tabs. Texts are handed on as they are; the server looks at them.
export default function ({ data, parentElement, setStateValue }) {
  const place = (what) => (what === "draft" ? sessionStorage : localStorage);
  const name = (what) => `atlas.${data.name}.${what}`;

  const read = (what) => {
    try {
      return place(what).getItem(name(what)) ?? "";
    } catch {
      return ""; // the browser keeps nothing for this page
    }
  };

  const write = (what, text) => {
    try {
      if (text) place(what).setItem(name(what), text);
      else place(what).removeItem(name(what));
      return true;
    } catch {
      return false; // full, or forbidden
    }
  };

  // What another tab has kept stays: this one adds its own, and takes away what it has dropped.
  const merged = () => {
    let stored = {};
    try {
      stored = JSON.parse(read("kept") || "{}");
    } catch {} // not ours: it has been told of, and is written over
    const all = new Map(Object.entries(stored && typeof stored === "object" ? stored : {}));
    for (const [title, text] of Object.entries(data.kept)) all.set(title, text);
    for (const title of data.dropped) all.delete(title);
    return all.size ? JSON.stringify(Object.fromEntries(all)) : "";
  };

  // Nobody waits for what is said here, and a click that the server has not begun to answer would be
  // dropped with it (pages/shell/presses.js): a busy one takes longer to begin than a reader to press.
  const HOLD_MS = 1500;
  const LOOK_MS = 100;
  const isBusy = () => {
    const app = document.querySelector("[data-test-script-state]");
    const runs = app && app.dataset.testScriptState !== "notRunning";
    return runs || Date.now() - (window.atlasPressed ?? 0) < HOLD_MS;
  };
  const say = (what, value) => {
    clearTimeout(parentElement.atlasWaits);
    if (isBusy()) parentElement.atlasWaits = setTimeout(() => say(what, value), LOOK_MS);
    else setStateValue(what, value);
  };

  // What is there later under the same question, the session itself has written.
  const empty = (window.atlasEmpty ??= new Set());
  if (data.silent && !read("draft") && !read("kept")) empty.add(data.ask);

  if (data.ask && !empty.has(data.ask)) {
    const told = { answers: data.ask, turn: data.turn };
    say("found", { ...told, draft: read("draft"), kept: read("kept") });
    return;
  }
  const stored = [write("draft", data.draft), write("kept", merged())].every(Boolean);
  // Whatever is said runs the page anew, and that calls this here again: what the page knows is not
  // said, or it would never come to rest.
  const known = parentElement.atlasLost ?? false;
  if (known === stored) {
    parentElement.atlasLost = !stored;
    say("lost", !stored);
  }

  // Asked on the other screens too: the work is still in this session.
  window.atlasWork = { ...window.atlasWork, [data.name]: data.unsaved };
  window.atlasUnsaved = Object.values(window.atlasWork).some(Boolean);
  window.atlasAsksBack ??= window.addEventListener("beforeunload", (event) => {
    if (window.atlasUnsaved) event.preventDefault();
  }) ?? true;
}
