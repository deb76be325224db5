// One line per check; the first failure ends the program.

/** A check did not hold; it has been said. */
class Failed extends Error {}

export class Report {
  constructor(name) {
    this.name = name;
  }

  ok(what) {
    console.log(`ok ${this.name}: ${what}`);
  }

  skip(what) {
    console.log(`skip ${this.name}: ${what}`);
  }

  onceMore(how) {
    console.log(`late ${this.name}: ${how}; once more`);
  }

  check(holds, what, seen) {
    if (holds) return this.ok(what);
    console.log(`failed ${this.name}: ${what}`);
    if (seen !== undefined) console.log(`  saw ${JSON.stringify(seen)?.slice(0, 2000)}`);
    throw new Failed(what);
  }
}

/** Runs a proof to its end and sets the exit code. */
export async function run(name, proof) {
  try {
    await proof();
  } catch (error) {
    if (!(error instanceof Failed)) {
      console.log(`failed ${name}: ${error}`);
      console.error(error);
    }
    // A client and its server may still be there.
    process.exit(1);
  }
}
