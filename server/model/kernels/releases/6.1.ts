import type { Release } from "./release.ts";

export const v6_1: Release = {
  name: "6.1",
  source:
    "The mainline release was not read; 6.1.192, a later point of its branch, was, and has much later work: ask for 6.1.192 by name.",
  features: {},
};
