// Runs before Gradio: the page is Chinese whatever language the browser speaks.
(() => {
  Object.defineProperty(navigator, "language", { get: () => "zh-CN" });
  Object.defineProperty(navigator, "languages", { get: () => ["zh-CN", "zh"] });
  // A few labels of Gradio are fixed English words; LABELS has ours.
  const translate = (root) => {
    for (const title of root.querySelectorAll(".toast-title")) {
      const ours = LABELS[title.textContent.trim()];
      if (ours) title.textContent = ours;
    }
    for (const element of root.querySelectorAll("[title], [aria-label]")) {
      for (const name of ["title", "aria-label"]) {
        const theirs = element.getAttribute(name) || "";
        // What a screen reader says of a whole message: "bot's message: …".
        const [, start, rest] = theirs.match(/^(\w+'s message: )([^]*)$/) || [];
        const ours = start ? LABELS[start] + rest : LABELS[theirs];
        if (ours) element.setAttribute(name, ours);
      }
    }
  };
  addEventListener("DOMContentLoaded", () => {
    translate(document);
    const watched = { subtree: true, childList: true, attributes: true, attributeFilter: ["title", "aria-label"] };
    new MutationObserver(() => translate(document)).observe(document.body, watched);
  });
})();
