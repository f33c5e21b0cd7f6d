// Runs before the first paint, so that the page never flashes in the other theme. Not a module: modules wait.
(() => {
  const system = matchMedia("(prefers-color-scheme: light)");
  const kept = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be closed to us; the system's wish is good enough
    }
  };
  const show = () => {
    document.documentElement.dataset.theme = kept() ?? (system.matches ? "light" : "dark");
  };
  system.addEventListener("change", show);
  show();
  globalThis.switchTheme = () => {
    const next = document.documentElement.dataset.theme === "light" ? "dark" : "light";
    try {
      if ((next === "light") === system.matches) localStorage.removeItem("theme");
      else localStorage.setItem("theme", next);
    } catch {
      // shown now, not kept
    }
    document.documentElement.dataset.theme = next;
  };
})();
