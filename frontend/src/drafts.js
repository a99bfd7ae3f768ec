// What is written and not yet on the server, kept in this browser per form and person; signing out takes it away.
const DAYS = 3;
const WORDS = "draft:";
const owner = () => document.body.dataset.user ?? "";

export class Draft {
  constructor(name) {
    this.key = `${WORDS}${owner()}:${name}`;
  }

  read() {
    try { return JSON.parse(localStorage.getItem(this.key) ?? "null"); } catch { return null; }
  }

  // False when the browser keeps nothing (full or forbidden): then only the page holds the words.
  write(kept) {
    try {
      if (kept) localStorage.setItem(this.key, JSON.stringify({ ...kept, at: Date.now() }));
      else localStorage.removeItem(this.key);
      return true;
    } catch { return false; }
  }
}

function clear(wanted) {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(WORDS) && wanted(key)) localStorage.removeItem(key);
  } catch { /* no storage, nothing kept */ }
}

function isOld(key) {
  try { return Date.now() - (JSON.parse(localStorage.getItem(key)).at ?? 0) > DAYS * 86_400_000; } catch { return true; }
}

// A shared computer: what others left goes after three days, one's own when one signs out.
export function startDrafts() {
  const mine = `${WORDS}${owner()}:`;
  clear((key) => !key.startsWith(mine) && isOld(key));
  document.addEventListener("submit", (event) => {
    if (event.target.dataset?.signOut === undefined) return;
    addEventListener("pagehide", () => clear((key) => key.startsWith(mine)), { once: true });
  });
}
