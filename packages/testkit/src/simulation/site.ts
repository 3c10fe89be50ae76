import { Machine } from "./machine.ts";
import type { World } from "./world.ts";

/** A world with the machines in it. */
export class Site {
  readonly world: World;
  readonly machines: readonly Machine[];

  constructor(world: World) {
    this.world = world;
    const { machines } = world.options;
    this.machines = machines.map((options, number) => new Machine(world, number, options));
    for (const machine of this.machines) machine.start();
  }
}
