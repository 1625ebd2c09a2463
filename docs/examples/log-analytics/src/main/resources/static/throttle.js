// SPDX-License-Identifier: Apache-2.0
// The slider: chunks per second in steps that feel even, the last one being no limit.

import { plural } from "./format.js";

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, null];

const slider = document.getElementById("rate");

export const rate = () => STEPS[slider.valueAsNumber];

export function onRate(changed) {
  const show = () => {
    const words = rate() === null ? "as fast as it comes" : `${plural(rate(), "chunk")} per second`;
    document.getElementById("rate-text").textContent = words;
    slider.setAttribute("aria-valuetext", words);
    changed(rate());
  };
  slider.max = STEPS.length - 1;
  slider.addEventListener("input", show);
  show();
}
