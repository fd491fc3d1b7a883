package engine

import "time"

// Handover is by whom a message was taken. A receipt that comes later names it by Gateway and Ref, or by the entry's id.
type Handover struct {
	Gateway string // the mail server, mail service or gateway of texts, as the operator calls it
	Ref     string // its own name for the message; empty when it gives none
	Parts   int    // that a text is charged as, 1 at least
	Said    string // its answer, cleaned: without addresses, numbers and codes
}

// Receipt is what is said later of a message that was taken: by the gateway, by the mail service, or in a mail that came back.
type Receipt struct {
	Entry   string // the id of the outbox entry, when the report names it (a mail that came back to its own address); else the two below do
	Gateway string
	Ref     string
	State   ReceiptState
	Hard    bool   // of ReceiptFailed: nothing will ever reach this contact, such as a mailbox that is not there
	Said    string // the other side's words, shortened, without the address, the number or anything that may be a code
	At      time.Time
}

// ReceiptState is what became of a message.
type ReceiptState string

// The states there are.
const (
	ReceiptDelivered ReceiptState = "delivered" // the telephone or the mailbox has it
	ReceiptFailed    ReceiptState = "failed"    // it never will: a mail bounced
	ReceiptPending   ReceiptState = "pending"   // still on its way; a final one follows
)
