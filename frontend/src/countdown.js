// The words beside a deadline stay true while the page is open, by the clock of the server: what it said when it made the page
// (data-now) and how long ago that was, measured by a clock that nobody can set. After the computer slept, the server is asked again.
import { announce, each, say } from "./page.js";

const TICK = 5000;
const SLEPT = 30_000;
const ALOUD = [60, 10, 1]; // minutes before the end that are said aloud, where the deadline is the page's own
let slept = 0; // what performance.now() did not count

const pageBegan = () => performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;

function words(seconds) {
  if (seconds <= 0) return say("leftNone");
  if (seconds >= 86_400) return say("leftDays", { n: Math.floor(seconds / 86_400) });
  if (seconds >= 3600) return say("leftHours", { n: Math.floor(seconds / 3600) });
  return seconds < 60 ? say("leftMoment") : say("leftMinutes", { n: Math.floor(seconds / 60) });
}

export function startCountdown(part) {
  each(part, "[data-countdown]", "countdown", (place) => {
    const until = Date.parse(place.dataset.countdown);
    const made = Date.parse(place.dataset.now ?? "") || Date.now();
    const began = part === document ? pageBegan() : performance.now();
    let last = Infinity;
    const show = () => {
      if (!place.isConnected) return clearInterval(timer);
      const seconds = Math.floor((until - made - slept - (performance.now() - began)) / 1000);
      const sentence = words(seconds);
      if (place.textContent !== sentence) place.textContent = sentence;
      const crossed = ALOUD.find((minutes) => last > minutes * 60 && seconds <= minutes * 60 && seconds > 0);
      if (place.dataset.aloud !== undefined && last !== Infinity && (crossed || (last > 0 && seconds <= 0))) announce(sentence);
      last = seconds;
    };
    const timer = setInterval(show, TICK);
    document.addEventListener("kit:woke", show);
    show();
  });
}

// Some clocks of browsers stand still while the computer sleeps. The wall clock only raises the suspicion; the server decides.
let drift = Date.now() - performance.now();
document.addEventListener("visibilitychange", async () => {
  if (document.hidden || Math.abs(Date.now() - performance.now() - drift) < SLEPT) return;
  const before = drift;
  drift = Date.now() - performance.now();
  const place = document.querySelector("[data-countdown][data-now]");
  if (!place) return;
  const reply = await fetch("/readyz", { cache: "no-store" }).catch(() => null);
  const now = Date.parse(reply?.headers.get("Date") ?? "");
  if (!now) { drift = before; return; } // asked again the next time
  slept = Math.max(0, now - Date.parse(place.dataset.now) - (performance.now() - pageBegan()));
  document.dispatchEvent(new Event("kit:woke"));
});
