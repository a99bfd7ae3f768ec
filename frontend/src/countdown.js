// The words beside a deadline stay true while the page is open.
import { each, say } from "./page.js";

function words(until) {
  const seconds = Math.floor((until - Date.now()) / 1000);
  if (seconds <= 0) return say("leftNone");
  if (seconds >= 86_400) return say("leftDays", { n: Math.floor(seconds / 86_400) });
  if (seconds >= 3600) return say("leftHours", { n: Math.floor(seconds / 3600) });
  return say("leftMinutes", { n: Math.max(1, Math.floor(seconds / 60)) });
}

export function startCountdown(part) {
  each(part, "[data-countdown]", "countdown", (place) => {
    const until = Date.parse(place.dataset.countdown);
    const show = () => {
      if (!place.isConnected) return clearInterval(timer);
      const sentence = words(until);
      if (place.textContent !== sentence) place.textContent = sentence;
    };
    const timer = setInterval(show, 15_000);
  });
}
