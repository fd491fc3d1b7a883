// Package recovery is the life of one recovery request, as a value.
//
// flow.go is the whole machine: every state, every edge, and the one method that moves between them. The other files hold
// the nouns it speaks of. Nothing here does I/O, reads a clock or draws a random number: the time and the facts are arguments,
// so a request can be walked through its life in a test in microseconds, and a decoy beside a real one, step for step.
//
// A request of an unknown address is a decoy: it has an account id like any other (made from a keyed hash), it takes the
// same steps, and it can never be proved. A request that must die silently, because its account set a password by another one,
// simply becomes a decoy; so what a stranger watches does not change.
package recovery
