"""Look into a page for what data could have made of it: scripts, markup, links, pictures."""

from __future__ import annotations

from playwright.sync_api import Page

LOOK = r"""() => {
  const found = [], note = (what, node) => found.push(what + ": " + node.outerHTML.slice(0, 120));
  const all = (what, where, fit = () => true) =>
    document.querySelectorAll(where).forEach((node) => fit(node) && note(what, node));
  if (window.pwned !== undefined) found.push("a script ran");
  all("a handler", "[onerror], [onload], [onclick], [onmouseover]");
  all("a script's address", "a[href^='javascript:' i], [src^='javascript:' i]");
  const away = (address) => {
    const url = new URL(address, location.href);
    return !["data:", "blob:", "about:"].includes(url.protocol) && url.host !== location.host;
  };
  all("a link that leads away", "a[href], area[href]", (node) => away(node.href));
  all("a picture from elsewhere", "img, iframe, image, object, embed, source, link",
    (node) => away(node.src || node.data || node.href?.baseVal || node.href || "#"));
  // Labels hold words only: Markdown makes one paragraph of them, and nothing within it.
  all("Markdown", "[data-testid=stMarkdownContainer] *, [data-heading-text] *", (node) =>
    node.tagName !== "P" && !node.closest("[data-testid=stHeaderActionElements]") &&
    !node.querySelector("[data-testid=stHeaderActionElements]") &&
    !node.matches("h1, h2, h3, [data-heading-text], [data-testid=stHeadingWithActionElements]"));
  all("an empty label", "[data-testid=stWidgetLabel] [data-testid=stMarkdownContainer]",
    (node) => !node.textContent.trim());
  all("markup in a name", ".atlas-name span *, .atlas-tip *, .leaflet-control-attribution *");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    const label = parent.closest("[data-testid=stMarkdownContainer]");
    const text = label ? walk.currentNode.data.replaceAll("\u2060", "") : walk.currentNode.data;
    if (!parent.closest("script, style") && /[\p{Cf}\p{Co}]/u.test(text)) {
      note("a hidden character", parent);
    }
  }
  return found;
}"""
"""JavaScript: a line for each thing that is not the atlas's own."""


def harm(page: Page) -> list[str]:
    """Return what data have made of a page, in all its frames; nothing on a sound one."""
    return [line for frame in page.frames for line in frame.evaluate(LOOK)]
