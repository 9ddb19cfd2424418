// Loaded into every process of Node.js by NODE_OPTIONS: writes its arguments, its environment and
// the hosts that it connects to into the file "notes" beside this script.
const dns = require("node:dns");
const { appendFileSync } = require("node:fs");
const net = require("node:net");
const note = (entry) => appendFileSync(`${__dirname}/notes`, JSON.stringify(entry) + "\n");

note({ words: process.argv.slice(1), environment: process.env });
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  note({ host: options.path ?? `${options.host ?? "127.0.0.1"}:${options.port}` });
  return connect.apply(this, args);
};
for (const names of [dns, dns.promises]) {
  for (const name of ["lookup", "resolve", "resolve4", "resolve6"]) {
    const original = names[name];
    names[name] = function (host, ...more) {
      note({ host: host });
      return original.call(this, host, ...more);
    };
  }
}
