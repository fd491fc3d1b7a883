package smpp

import (
	"errors"
	"fmt"
)

// Class is what an error means for the one who has a text to send.
type Class int

// The classes there are.
const (
	Later  Class = iota // nothing was taken; worth another try, here or elsewhere
	Final               // this message is refused for what it is, by whoever is asked
	Unfit               // this centre does not take it, or does not take us: another may, and somebody should look at the settings
	Unsure              // it may have been taken: another try may send it twice
)

func (c Class) String() string {
	return [...]string{"later", "final", "unfit", "unsure"}[c]
}

// ErrUnanswered says that a message left and no answer came, so that nobody knows whether it was taken.
var ErrUnanswered = errors.New("smpp: sent, and not answered")

// ErrBusy says that there are more messages than the centre takes, so that this one's turn would come after its context's deadline.
var ErrBusy = errors.New("smpp: too many messages at once")

// ErrMessage says that a message can be sent by nobody: its number is none, its text is too long, or its time is over.
var ErrMessage = errors.New("smpp: a message that cannot be sent")

// ErrSource says that the sender's name or number is none that SMPP can carry.
var ErrSource = errors.New("smpp: a sender of more than 11 letters or 20 digits, or not plain ASCII")

// ClassOf is the class of an error of this package. One that it does not know, such as a broken network, is worth another try.
func ClassOf(err error) Class {
	var status *Status
	var last *held
	switch {
	case errors.As(err, &last): // whatever is inside, it is none of ours
		return Later
	case errors.Is(err, ErrUnanswered):
		return Unsure
	case errors.As(err, &status):
		return status.Class()
	case errors.Is(err, ErrMessage):
		return Final
	case errors.Is(err, ErrSource), errors.Is(err, errPassword):
		return Unfit
	}
	return Later
}

// Status is a refusal: the command_status of an answer (5.1.3).
type Status struct {
	Code    uint32
	Command string // that was refused, such as "submit_sm"
}

func (s *Status) Error() string {
	if k, ok := statuses[s.Code]; ok {
		return fmt.Sprintf("smpp: %s refused: %s (0x%08X)", s.Command, k.name, s.Code)
	}
	return fmt.Sprintf("smpp: %s refused: status 0x%08X", s.Command, s.Code)
}

// Class says what the refusal means. Where the standard leaves room it leans to the side on which somebody may still get the text:
//
// Only a number that does not exist is final. ESME_RSUBMITFAIL, system errors, what is unknown and the codes that vendors make up
// (0x400 to 0x4FF: out of credit, no route, a quota) are worth another try. Whatever speaks of us or of the form of our request makes
// this centre unfit: trying it again would give the same answer.
func (s *Status) Class() Class { return statuses[s.Code].class }

// Codes that are asked for by name.
const (
	statusOK             = 0x00
	statusInvalidLength  = 0x02
	statusInvalidCommand = 0x03
	statusQueueFull      = 0x14
	statusThrottled      = 0x58
	statusComeAgain      = 0x64
	statusUnknown        = 0xFF
)

// statuses are the codes of the standard (5.1.3).
var statuses = map[uint32]struct {
	name  string
	class Class
}{
	0x01: {"ESME_RINVMSGLEN", Unfit},
	0x02: {"ESME_RINVCMDLEN", Unfit},
	0x03: {"ESME_RINVCMDID", Unfit},
	0x04: {"ESME_RINVBNDSTS", Later}, // it lost our bind; a new one may do
	0x05: {"ESME_RALYBND", Later},    // it still has our last bind, which it will miss soon
	0x06: {"ESME_RINVPRTFLG", Unfit},
	0x07: {"ESME_RINVREGDLVFLG", Unfit},
	0x08: {"ESME_RSYSERR", Later},
	0x0A: {"ESME_RINVSRCADR", Unfit},
	0x0B: {"ESME_RINVDSTADR", Final},
	0x0C: {"ESME_RINVMSGID", Unfit},
	0x0D: {"ESME_RBINDFAIL", Unfit},
	0x0E: {"ESME_RINVPASWD", Unfit},
	0x0F: {"ESME_RINVSYSID", Unfit},
	0x11: {"ESME_RCANCELFAIL", Later},
	0x13: {"ESME_RREPLACEFAIL", Later},
	0x14: {"ESME_RMSGQFUL", Later},
	0x15: {"ESME_RINVSERTYP", Unfit},
	0x33: {"ESME_RINVNUMDESTS", Unfit},
	0x34: {"ESME_RINVDLNAME", Unfit},
	0x40: {"ESME_RINVDESTFLAG", Unfit},
	0x42: {"ESME_RINVSUBREP", Unfit},
	0x43: {"ESME_RINVESMCLASS", Unfit},
	0x44: {"ESME_RCNTSUBDL", Unfit},
	0x45: {"ESME_RSUBMITFAIL", Later},
	0x48: {"ESME_RINVSRCTON", Unfit},
	0x49: {"ESME_RINVSRCNPI", Unfit},
	0x50: {"ESME_RINVDSTTON", Unfit},
	0x51: {"ESME_RINVDSTNPI", Unfit},
	0x53: {"ESME_RINVSYSTYP", Unfit},
	0x54: {"ESME_RINVREPFLAG", Unfit},
	0x55: {"ESME_RINVNUMMSGS", Unfit},
	0x58: {"ESME_RTHROTTLED", Later},
	0x61: {"ESME_RINVSCHED", Unfit},
	0x62: {"ESME_RINVEXPIRY", Unfit},
	0x63: {"ESME_RINVDFTMSGID", Unfit},
	0x64: {"ESME_RX_T_APPN", Later},
	0x65: {"ESME_RX_P_APPN", Unfit},
	0x66: {"ESME_RX_R_APPN", Unfit},
	0x67: {"ESME_RQUERYFAIL", Later},
	0xC0: {"ESME_RINVOPTPARSTREAM", Unfit},
	0xC1: {"ESME_ROPTPARNOTALLWD", Unfit},
	0xC2: {"ESME_RINVPARLEN", Unfit},
	0xC3: {"ESME_RMISSINGOPTPARAM", Unfit},
	0xC4: {"ESME_RINVOPTPARAMVAL", Unfit},
	0xFE: {"ESME_RDELIVERYFAILURE", Later},
	0xFF: {"ESME_RUNKNOWNERR", Later},
}
