// Keeps the reader's work in the browser: what is at work through a reload of this tab, what was
// kept for later for all tabs. Texts are handed on as they are; the server looks at them.
export default function ({ data, setStateValue }) {
  const places = { draft: sessionStorage, kept: localStorage };
  const name = (what) => `atlas.${data.name}.${what}`;

  const read = (what) => {
    try {
      return places[what].getItem(name(what)) ?? "";
    } catch {
      return ""; // the browser keeps nothing for this page
    }
  };

  const write = (what, text) => {
    try {
      if (text) places[what].setItem(name(what), text);
      else places[what].removeItem(name(what));
      return true;
    } catch {
      return false; // full, or forbidden
    }
  };

  if (data.ask) {
    setStateValue("found", { answers: data.ask, draft: read("draft"), kept: read("kept") });
    return;
  }
  const stored = [write("draft", data.draft), write("kept", data.kept)].every(Boolean);
  setStateValue("lost", !stored);

  // Asked on the other screens too: the work is still in this session.
  window.atlasUnsaved = data.unsaved;
  window.atlasAsksBack ??= window.addEventListener("beforeunload", (event) => {
    if (window.atlasUnsaved) event.preventDefault();
  }) ?? true;
}
