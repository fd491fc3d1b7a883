package gate

import "twohens/internal/contact"

// Action is what a Pass is good for. A challenge solved for one action opens no other.
type Action string

// The actions that need a Pass.
const (
	Recover Action = "recover"
	SignIn  Action = "sign-in"
	Assist  Action = "assist" // staff begin a recovery for someone
)

// Pass says that a stranger has come through the gate, for one action on one address. Only the gate can make one: its fields
// cannot be written from outside, so a handler that forgets the gate does not compile, and one that passes another address
// than the one that was counted cannot be written.
type Pass struct {
	action  Action
	address contact.Email
	network string
	free    bool // of a sign-in: it needed no challenge
}

// For says whether the pass is good for the action. The zero Pass is good for none.
func (p Pass) For(action Action) bool { return p.action != "" && p.action == action }

// Address is what was given, in normal form.
func (p Pass) Address() contact.Email { return p.address }

// Network is where it came from, for the records.
func (p Pass) Network() string { return p.network }
