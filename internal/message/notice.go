package message

import (
	"cmp"
	"fmt"
	"time"

	"twohens/internal/contact"
	"twohens/internal/recovery"
)

// How is how a password came to be changed.
type How string

// The ways there are.
const (
	ByCode    How = "mail.changed.by_code"    // a recovery, proved by a code
	ByLink    How = "mail.changed.by_link"    // a recovery, proved by the link of a mail
	ByAnswers How = "mail.changed.by_answers" // a recovery, proved by answers to questions
	BySaved   How = "mail.changed.by_saved"   // a recovery, proved by a saved code
	ByAccount How = "mail.changed.by_account" // on the account page
)

func how(p recovery.Proof) How {
	switch p {
	case recovery.ProofCode:
		return ByCode
	case recovery.ProofLink:
		return ByLink
	case recovery.ProofAnswers:
		return ByAnswers
	case recovery.ProofSaved:
		return BySaved
	}
	return ByAccount
}

// NoticeFacts are what a notice tells the contacts of an account.
type NoticeFacts struct {
	Lang   string
	Notice recovery.Notice
	About  contact.Contact // that was added or removed; it is shown masked
	At     time.Time
	How    How    // of a new password
	Stop   string // where a recovery can be stopped or a new password undone; opening it changes nothing. Empty when there is nothing to stop
	NotMe  string // where "this was not me" leads else; opening it changes nothing
}

// wording names the texts of a notice.
type wording struct {
	Subject string
	Title   string
	Lead    string
	You     string // what it means if it was you
	NotYou  string // what to do if not
	Stop    string // the same where there is something to stop
	Then    string // what to do after that
	Foot    string
}

// fill puts in what most notices have in common.
func (w wording) fill() wording {
	w.You = cmp.Or(w.You, "mail.notice.you")
	w.NotYou = cmp.Or(w.NotYou, "mail.notice.not_you")
	w.Foot = cmp.Or(w.Foot, "mail.notice.foot")
	return w
}

var notices = map[recovery.Notice]wording{
	recovery.NoticePassword: {
		Subject: "mail.changed.subject", Title: "mail.changed.title", Lead: "mail.changed.lead", You: "mail.changed.you",
		Stop: "mail.changed.stop", Then: "mail.changed.then",
	},
	recovery.NoticeUndone: {
		Subject: "mail.undone.subject", Title: "mail.undone.title", Lead: "mail.undone.lead", You: "mail.undone.you", NotYou: "mail.undone.not_you",
	},
	recovery.NoticeAnswered: {
		Subject: "mail.answered.subject", Title: "mail.answered.title", Lead: "mail.answered.lead",
		Stop: "mail.answered.stop", Then: "mail.answered.then",
	},
	recovery.NoticeSpent: {
		Subject: "mail.spent.subject", Title: "mail.spent.title", Lead: "mail.spent.lead",
		Stop: "mail.spent.stop", Then: "mail.spent.then",
	},
	recovery.NoticeQuestions: {Subject: "mail.questions.subject", Title: "mail.questions.title", Lead: "mail.questions.lead"},
	recovery.NoticeSaved:     {Subject: "mail.saved.subject", Title: "mail.saved.title", Lead: "mail.saved.lead"},
	recovery.NoticeTaken: {
		Subject: "mail.taken.subject", Title: "mail.taken.title", Lead: "mail.taken.lead", You: "mail.taken.you", Foot: "mail.taken.foot",
	},
}

// Notices of contacts say which kind it was. The one that was removed reads the same words as those that stay.
var contactNotices = map[recovery.Notice]map[contact.Kind]wording{
	recovery.NoticeAdded: {
		contact.KindEmail: {Subject: "mail.added.subject", Title: "mail.added.address", Lead: "mail.added.lead_address"},
		contact.KindPhone: {Subject: "mail.added.subject", Title: "mail.added.number", Lead: "mail.added.lead_number"},
	},
	recovery.NoticeRemoved: {
		contact.KindEmail: {
			Subject: "mail.removed.subject", Title: "mail.removed.address", Lead: "mail.removed.lead_address",
			NotYou: "mail.removed.not_you", Foot: "mail.removed.foot",
		},
		contact.KindPhone: {
			Subject: "mail.removed.subject", Title: "mail.removed.number", Lead: "mail.removed.lead_number",
			NotYou: "mail.removed.not_you", Foot: "mail.removed.foot",
		},
	},
}

// worded gives a notice its words.
func worded(n recovery.Notice, about contact.Contact) (wording, error) {
	w, ok := notices[n]
	if !ok {
		w, ok = contactNotices[n][about.Kind]
	}
	if !ok {
		return wording{}, fmt.Errorf("message: no words for the notice %q", n)
	}
	return w.fill(), nil
}

// told is a notice as its template reads it.
type told struct {
	NoticeFacts
	Words wording
	Go    string // where its button leads; empty: it has none
}

// Notice writes the notice of something that happened to an account. The error says that there are no words for it.
func (c *Composer) Notice(f NoticeFacts) (Letter, error) {
	w, err := worded(f.Notice, f.About)
	if err != nil {
		return Letter{}, err
	}
	n := told{NoticeFacts: f, Words: w, Go: f.NotMe}
	switch {
	case f.Notice == recovery.NoticeTaken:
		n.Go = ""
	case w.Stop != "" && f.Stop != "":
		n.Go, n.Words.NotYou = f.Stop, w.Stop
	default:
		n.Words.Then = ""
	}
	peek := "mail.notice.you"
	if n.Go == "" {
		peek = "mail.taken.peek"
	}
	return c.write(f.Lang, "notice", w.Subject, c.catalogue(f.Lang).T(peek), n)
}
