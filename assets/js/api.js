/* Asking the server: problems come as a code, a place, a reason and a way out. */
export class Problem extends Error {
  constructor(p) {
    super(p.message);
    Object.assign(this, { code: p.code, where: p.where, fix: p.fix || "" });
  }
}

function address(path, params) {
  const query = new URLSearchParams();
  for (const [k, v] of Object.entries(params)) if (v !== null && v !== undefined && v !== "") query.set(k, v);
  return `${path}?${query}`;
}

export async function ask(path, params = {}, signal = undefined) {
  let response;
  try {
    response = await fetch(address(path, params), { signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ code: "NO-ANSWER", where: path, message: "The server did not answer", fix: "Check that it runs, then try again." });
  }
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    throw new Problem(body.error || { code: `HTTP-${response.status}`, where: path, message: "The server refused" });
  }
  return response;
}

export const askJson = async (path, params, signal) => (await ask(path, params, signal)).json();
export const link = address;

/** One question in flight, the latest wins: `run(signal)` reads what is wanted when it starts. */
export class Latest {
  constructor(run) {
    this.run = run;
    this.want = false;
    this.busy = false;
    this.control = null;
  }

  async ask() {
    this.want = true;
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.want) {
        await 0;
        this.want = false;
        this.control = new AbortController();
        await this.run(this.control.signal);
      }
    } finally {
      this.busy = false;
    }
  }

  /** Give the running question up. */
  stop() {
    this.want = false;
    this.control?.abort();
  }
}
