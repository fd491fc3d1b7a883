package page

import (
	"time"

	"twohens/internal/password"
	"twohens/internal/recovery"
)

// article is one page of help. All but its name are keys.
type article struct {
	Name   string // in its address: /help/{name}
	Title  string
	Lead   string
	Checks []check
}

// check is one thing to look at, in order.
type check struct{ Head, Text string }

// articleList is in the order of the list. The first two are named in the contract (design.md, section 1.7). Articles say what
// this product does now, and nothing else.
var articleList = []article{
	{"email", "help.email.title", "help.email.lead", []check{
		{"help.email.spam.head", "help.email.spam.text"},
		{"help.email.address.head", "help.email.address.text"},
		{"help.email.again.head", "help.email.again.text"},
		{"help.email.room.head", "help.email.room.text"},
		{"help.email.held.head", "help.email.held.text"},
	}},
	{"sms", "help.sms.title", "help.texts.lead", []check{
		{"help.texts.bound.head", "help.texts.bound.text"},
		{"help.texts.signal.head", "help.texts.signal.text"},
		{"help.email.again.head", "help.email.again.text"},
		{"help.texts.hidden.head", "help.texts.hidden.text"},
		{"help.texts.country.head", "help.texts.country.text"},
		{"help.texts.other.head", "help.texts.other.text"},
	}},
	{"questions", "help.questions.title", "help.questions.lead", []check{
		{"help.questions.spelling.head", "help.questions.spelling.text"},
		{"help.questions.strange.head", "help.questions.strange.text"},
		{"help.questions.other.head", "help.questions.other.text"},
		{"help.questions.tomorrow.head", "help.questions.tomorrow.text"},
	}},
	{"address", "help.address.title", "help.address.lead", []check{
		{"help.address.search.head", "help.address.search.text"},
		{"help.address.saved.head", "help.address.saved.text"},
		{"help.address.each.head", "help.address.each.text"},
	}},
	{"card", "help.card.title", "help.card.lead", []check{
		{"help.card.tap.head", "help.card.tap.text"},
		{"help.card.keys.head", "help.card.keys.text"},
		{"help.card.renew.head", "help.card.renew.text"},
		{"help.card.hear.head", "help.card.hear.text"},
		{"help.card.work.head", "help.card.work.text"},
		{"help.card.numbers.head", "help.card.numbers.text"},
	}},
	{"good-password", "help.good.title", "help.good.lead", []check{
		{"help.good.words.head", "help.good.words.text"},
		{"help.good.unique.head", "help.good.unique.text"},
		{"help.good.manager.head", "help.good.manager.text"},
		{"help.good.signs.head", "help.good.signs.text"},
	}},
	{"refused", "help.refused.title", "help.refused.lead", []check{
		{"help.refused.length.head", "help.refused.length.text"},
		{"help.refused.common.head", "help.refused.common.text"},
		{"help.refused.breached.head", "help.refused.breached.text"},
		{"help.refused.names.head", "help.refused.names.text"},
	}},
	{"lost", "help.lost.title", "help.lost.lead", []check{
		{"help.lost.phone.head", "help.lost.phone.text"},
		{"help.lost.mailbox.head", "help.lost.mailbox.text"},
		{"help.lost.ask.head", "help.lost.ask.text"},
	}},
	{"not-me", "help.not_me.title", "help.not_me.lead", []check{
		{"help.not_me.code.head", "help.not_me.code.text"},
		{"help.not_me.never.head", "help.not_me.never.text"},
		{"help.not_me.changed.head", "help.not_me.changed.text"},
		{"help.not_me.mailbox.head", "help.not_me.mailbox.text"},
	}},
}

// noTexts takes the place of the article on texts where the site sends none.
var noTexts = article{"sms", "help.sms.title", "help.sms.lead", []check{
	{"help.sms.mailbox.head", "help.sms.mailbox.text"},
	{"help.sms.distrust.head", "help.sms.distrust.text"},
}}

var articles = func() map[string]article {
	byName := make(map[string]article)
	for _, a := range articleList {
		byName[a.Name] = a
	}
	return byName
}()

// HasArticle says whether there is an article of that name.
func HasArticle(name string) bool { _, ok := articles[name]; return ok }

// One is the article to show; without a name, there is only the list.
func (m Help) One() article {
	if m.Article == noTexts.Name && !m.Policy.Offers(recovery.WayPhone) {
		return noTexts
	}
	return articles[m.Article]
}

// All lists the articles.
func (m Help) All() []article { return articleList }

// Others are some articles to read on with: those that follow in the list.
func (m Help) Others() []article {
	const some = 3
	var others []article
	for i, a := range articleList {
		if a.Name != m.Article {
			continue
		}
		for n := 1; n <= some; n++ {
			others = append(others, articleList[(i+n)%len(articleList)])
		}
	}
	return others
}

// CodeLife is how long a code works.
func (m Help) CodeLife() time.Duration {
	if m.Policy.CodeLife == 0 {
		return recovery.Classic().CodeLife
	}
	return m.Policy.CodeLife
}

// Least and Most are the lengths that a new password may have.
func (m Help) Least() int {
	if m.Rules.MinLength == 0 {
		return password.DefaultMinLength
	}
	return m.Rules.MinLength
}

// Most is the greatest length.
func (m Help) Most() int {
	if m.Rules.MaxLength == 0 {
		return password.Cap
	}
	return m.Rules.MaxLength
}
