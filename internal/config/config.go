// Package config reads what an operator wrote: one TOML file, and the environment above it.
//
// One table (keys.go) holds every key with its meaning and its default; the struct below, the checks, the environment's names
// and the manual all go by it, so none can be forgotten. Everything unknown is refused, all mistakes are told at once, and
// each says where it stands, what is wrong and how to mend it. Secrets are never written in the file: it names files that
// hold them.
package config

import (
	"crypto/x509"
	"net/netip"
	"net/url"
	"time"

	"twohens/internal/contact"
	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// Config is everything that can be configured, checked. Paths in it are absolute, or relative to the program's folder.
type Config struct {
	Site      Site
	Listen    Listen
	ACME      ACME
	Database  Database
	Keys      Keys
	Mail      Mail
	SMS       SMS
	Recovery  Recovery
	Password  Password
	Limits    Limits
	Challenge Challenge
	SignIn    SignIn
	Help      Help
	Redis     Redis
	Console   Console
	Log       Log
}

// Site is who people think they are dealing with.
type Site struct {
	Name        string
	PublicURL   URL
	Logo        Path
	Colour      string
	HelpContact string
	Language    string
	PrivacyURL  URL
}

// Listen is where the program answers.
type Listen struct {
	Address        string
	TLSCert        Path
	TLSKey         Path
	TrustedProxies []netip.Prefix
	Connections    int
}

// ACME is an authority that certificates for Listen are fetched from, by RFC 8555.
type ACME struct {
	Agreed    bool // to the authority's terms; false: none are fetched
	Email     contact.Email
	Directory URL
	CAFile    Path
	Folder    Path
}

// Roots are the authorities of acme.ca_file; nil: those of the system.
func (a *ACME) Roots() (*x509.CertPool, error) { return roots(a.CAFile) }

// Database is where requests and built-in accounts live.
type Database struct {
	Driver      string
	Path        Path
	DSNFile     Path
	Connections int
	Migrate     string // "auto", "always" or "never"
}

// Redis is where several nodes count against limits.
type Redis struct {
	Addresses    []string // empty: there is none
	Username     string
	PasswordFile Path
	TLS          bool
	CAFile       Path
	Prefix       string
	Timeout      time.Duration
}

// Roots are the certificates that the server's is checked against; nil: those that the machine trusts.
func (r *Redis) Roots() (*x509.CertPool, error) { return roots(r.CAFile) }

// Keys is where the secret keys live that codes and seals are made of.
type Keys struct {
	Folder Path
}

// Mail is whom mails are handed to.
type Mail struct {
	Server       string
	Port         int // 0: the usual one for TLS
	TLS          string
	CAFile       Path
	Username     string
	PasswordFile Path
	From         contact.Email
	FromName     string
	EnvelopeFrom contact.Email
	Hello        string
	Connections  int
	DKIM         []DKIM

	Order    []string // names of services; none: the server above
	Services []*Service

	Patience        time.Duration
	Failures        int
	Rest            time.Duration
	PublicDomains   []string
	BounceDomain    string
	BounceListen    string // empty: nobody listens here
	DomainAtOnce    int
	DomainPerMinute int
}

// DKIM is a key that mails are signed with.
type DKIM struct {
	Selector string
	KeyFile  Path
}

// SMS is how texts leave, where they may go, and what they may cost.
type SMS struct {
	Order    []string // names of gateways
	Gateways []*Gateway

	RepeatUnsure bool
	Patience     time.Duration
	Failures     int
	Rest         time.Duration

	Countries []string // ISO 3166

	Number, Block, Country, Network quota.Limit
	Day, Month                      int // texts in all

	Prices                             Path
	SpendDay, SpendMonth, SpendCountry Money

	AlarmCodes   int
	AlarmPercent int
	AlarmSpan    time.Duration
	AlarmPause   time.Duration
	AlarmTo      contact.Email
}

// Recovery is the policy that each request is opened under.
type Recovery struct {
	Profile string
	Policy  recovery.Policy
	Workers int
}

// Password is what a new password must be, and how it is kept.
type Password struct {
	MinLength    int
	MaxLength    int
	HashMemory   Size
	HashTime     int
	HashThreads  int
	HashParallel int // 0: as many as there are cores
	HashQueue    int
	Breach       Breach
}

// Params are the costs of a hash.
func (p Password) Params() password.Params {
	return password.Params{MemoryKiB: uint32(p.HashMemory / KiB), Time: uint32(p.HashTime), Threads: uint8(p.HashThreads)}
}

// Breach is the service that knows passwords from breaches.
type Breach struct {
	Enabled bool
	URL     URL
	Timeout time.Duration
}

// Limits are the buckets of R-04.
type Limits struct {
	Address        quota.Limit
	Network        quota.Limit
	AddressNetwork quota.Limit
	Wide           quota.Limit
	Site           quota.Limit
	Picture        quota.Limit
	Plain          quota.Limit
	PlainSite      quota.Limit
	Listen         quota.Limit
	NoPuzzle       quota.Limit
	SignInFree     quota.Limit
	SignInAddress  quota.Limit
	Changes        quota.Limit
	WrongCodes     int // a minute
	WrongStop      int
	WrongRatio     int
	WrongRest      time.Duration
	AlarmTo        contact.Email
	Account        quota.Limit // silent
	AccountNetwork quota.Limit // silent
	Destination    quota.Limit // silent
}

// Challenge is the card with the chickens.
type Challenge struct {
	Lifetime time.Duration
	Work     int // bits
	Failures quota.Limit
	Calm     quota.Limit
}

// SignIn is where people sign in, and how long a browser stays signed in.
type SignIn struct {
	URL  URL
	Life time.Duration
	Idle time.Duration

	Fresh time.Duration
}

// Help is what an operator adds to the help centre.
type Help struct {
	Folder Path // empty: nothing
}

// Console is where the staff sign in.
type Console struct {
	Address      string // empty: there is none
	TLSCert      Path
	TLSKey       Path
	MetricsToken Path // a file; empty: metrics are for this machine alone
}

// Log is what the program says of itself.
type Log struct {
	Level  string
	Format string
}

// Path is a file or a folder. A relative one in a file is relative to that file's folder.
type Path string

// URL is an absolute address; nil when none was given.
type URL = *url.URL

// Money is an amount in millionths of the currency that the price table is in.
type Money int64

// Size is an amount of memory in bytes.
type Size int64

// Sizes.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
)
