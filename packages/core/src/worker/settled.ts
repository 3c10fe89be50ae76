/** What settling a job gives. A handler that returns it has settled its job itself, and the worker writes nothing. */
export class Settled {
  readonly id: string;
  readonly state: string;

  constructor(id: string, state: string) {
    this.id = id;
    this.state = state;
  }
}
