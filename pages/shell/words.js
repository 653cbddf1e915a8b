// Says Streamlit's own English words in the language of the page: in its texts, labels, tips and
// hints, never in ours or in those of the data. `window.atlasWords` holds a pattern for each and what
// to say instead; it is empty on an English page.
if (!window.atlasWording) {
  const OURS = [
    '[data-testid="stHtml"]', '[data-testid="stMarkdownContainer"]', '[data-testid="stCode"]', '[role="gridcell"]',
    '[role="columnheader"]', ".places", "script", "style", "noscript", '[data-testid="stIconMaterial"]',
  ].join();
  const THEIRS = '[data-testid="stFileUploaderDropzone"], [data-testid="stStatusWidget"], [role="dialog"] header';
  const NAMES = ["aria-label", "title", "placeholder"];

  const worded = (text) => {
    const bare = text.trim();
    if (!/[A-Za-z]{3}/.test(bare)) return null;
    for (const [pattern, said] of window.atlasWords ?? []) {
      const found = pattern.exec(bare);
      if (found) return said.replace(/\{(\w+)\}/g, (_, name) => found.groups[name]);
    }
    return null;
  };
  const ours = (element) => element.closest(OURS) && !element.closest(THEIRS);

  // What was put in another language before is first what Streamlit wrote.
  const put = (holder, name, now, write) => {
    const kept = (holder.atlasWas ??= {})[name];
    const theirs = kept && kept.said === now ? kept.was : now;
    const said = worded(theirs) ?? theirs;
    holder.atlasWas[name] = { was: theirs, said };
    if (said !== now) write(said);
  };
  const wordText = (node) => {
    if (!node.parentElement || ours(node.parentElement)) return;
    if (/[A-Za-z]{3}/.test(node.nodeValue) || node.atlasWas) {
      put(node, "text", node.nodeValue, (said) => (node.nodeValue = said));
    }
  };
  const wordElement = (element) => {
    for (const name of NAMES) {
      const now = element.getAttribute(name);
      if (now) put(element, name, now, (said) => element.setAttribute(name, said));
    }
  };
  const wordAll = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return wordText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    wordElement(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walker.nextNode()) {
      if (walker.currentNode.nodeType === Node.TEXT_NODE) wordText(walker.currentNode);
      else wordElement(walker.currentNode);
    }
  };

  window.atlasWording = () => wordAll(document.body);
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(wordAll);
      else if (change.type === "characterData") wordText(change.target);
      else wordElement(change.target);
    }
  }).observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMES,
  });
}
window.atlasWording();
