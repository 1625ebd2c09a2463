// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them.

const language = document.documentElement.lang;
const whole = new Intl.NumberFormat(language);
const short = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
const UNITS = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

export const count = (number) => whole.format(number);

export const share = (part, all) => percent.format(all ? part / all : 0);

export function bytes(number) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, number)) / 3));
  return `${short.format(number / 1000 ** power)} ${UNITS[power]}`;
}

export const seconds = (millis) => `${short.format(millis / 1000)} s`;

export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
