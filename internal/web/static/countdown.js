// Counts the cool-down down. It takes the seconds that are left from the server and the time that goes by from
// performance.now(): the clock of the browser may be wrong, and only the server's counts. Screen readers are told at
// 30, 10 and 0 only.
"use strict";
for (const count of document.querySelectorAll("[data-seconds]")) {
  const whole = Number(count.dataset.whole);
  const left = Number(count.dataset.seconds);
  const began = performance.now();
  const time = count.querySelector("time");
  const level = count.querySelector("clipPath rect");
  const running = count.querySelector("[data-running]");
  const ready = count.querySelector("[data-ready]");
  const said = count.querySelector("[data-said]");
  let last = left;
  const tell = (seconds) => {
    said.textContent = seconds === 0 ? ready.textContent : count.dataset["tell" + seconds];
  };
  const tick = () => {
    const now = Math.max(0, left - (performance.now() - began) / 1000);
    const seconds = Math.ceil(now);
    level.setAttribute("y", String(26.5 - 25 * now / whole));
    time.textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
    for (const mark of [30, 10, 0]) {
      if (last > mark && seconds <= mark) tell(mark);
    }
    last = seconds;
    if (seconds > 0) {
      setTimeout(tick, 250);
    } else {
      running.hidden = true;
      ready.hidden = false;
    }
  };
  if (left > 0) tick();
}
