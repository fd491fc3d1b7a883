package config

// key is one row of the table: a key, where its value goes, what it stands for when absent, and what the manual says of it.
type key struct {
	path     string   // section.key, as in the file
	into     any      // a pointer; its type says how the value is written (value.go)
	standard string   // the default, written as in the file without quotes; lists separated by commas
	strict   string   // the default of the strict profile, where it differs
	needed   bool     // there is no default and nothing works without it
	among    []string // the only values there are
	doc      string
}

// section is what the manual says above the keys of a section.
type section struct{ name, doc string }

var sections = []section{
	{"site", "Who people think they are dealing with: what stands on every page and in every mail."},
	{"listen", "Where the program answers. It speaks HTTP/1.1 and, with its own certificate, HTTP/2. Most sites put a proxy in front that ends TLS; then `trusted_proxies` must name it."},
	{"database", "Where requests, records and the built-in accounts live."},
	{"keys", "Where the secret keys live that codes, links and pictures are made of. Whoever has a copy of the database and of these files can make valid codes: keep them apart from the database's backups. Several nodes need the same files."},
	{"mail", "The server that mails are handed to. It should be your own or your provider's; the product does no delivery of its own."},
	{"recovery", "The policy that each recovery is opened under. `profile` chooses all figures; each can be set by itself. `twohens check` tells where the outcome departs from NIST SP 800-63B-4 and OWASP ASVS 5."},
	{"password", "What a new password must be, and how passwords of built-in accounts are kept. There are no rules about digits or punctuation, on purpose."},
	{"password.breach", "A service that knows passwords from breaches, in the shape of Have I Been Pwned's range API. It learns five hexadecimal digits of a hash and never the password. When it is slow or down, the built-in list decides."},
	{"limits", "How often things may happen, as events/time: `5/1h` allows five at once and refills evenly within an hour. Over one of the first seven, everyone gets the same \"too many requests\". The last two are silent: the message is not sent and nothing shows, since showing it would tell that the account exists."},
	{"challenge", "The picture with the two chickens."},
	{"signin", "Where people sign in, and how long a browser stays signed in to the built-in account page."},
	{"log", "What the program says of itself, on standard error."},
}

// table lists every key there is, in the manual's order.
func (c *Config) table() []key {
	p := &c.Recovery.Policy
	return []key{
		{path: "site.name", into: &c.Site.Name, needed: true,
			doc: "What people call the site, such as `Fernbank Library`."},
		{path: "site.public_url", into: &c.Site.PublicURL, needed: true,
			doc: "The address that people reach this program at, such as `https://id.fernbank.example`. Links in mails are made of it and of nothing else. https, unless it is this machine; no path: the pages and their cookies own the host."},
		{path: "site.logo", into: &c.Site.Logo,
			doc: "The site's logo, shown in place of the name's first letter: an SVG, PNG, JPEG or WebP file of at most 256 kB."},
		{path: "site.colour", into: &c.Site.Colour,
			doc: "The colour of buttons and links, as `#rrggbb`. Empty: the product's own. One on which nobody could read the buttons is refused."},
		{path: "site.help_contact", into: &c.Site.HelpContact,
			doc: "Where people get help from a person: an e-mail address, or an https address of a page. It stands on every page of help."},
		{path: "site.privacy_url", into: &c.Site.PrivacyURL,
			doc: "The site's privacy notice."},

		{path: "listen.address", into: &c.Listen.Address, standard: "127.0.0.1:8080",
			doc: "Host and port. An empty host, as in `:8080`, is every address of this machine."},
		{path: "listen.tls_cert", into: &c.Listen.TLSCert,
			doc: "The certificate, with those between it and its root, in PEM. Read again when the file changes."},
		{path: "listen.tls_key", into: &c.Listen.TLSKey,
			doc: "The certificate's private key, in PEM."},
		{path: "listen.trusted_proxies", into: &c.Listen.TrustedProxies,
			doc: "The proxies in front, as addresses or networks such as `10.0.0.0/8`. Only their X-Forwarded-For is believed. Behind a proxy that is not listed, everyone counts as one visitor, and the limits shut everyone out."},

		{path: "database.driver", into: &c.Database.Driver, standard: "sqlite", among: []string{"sqlite", "postgres"},
			doc: "`sqlite` is built in and serves one node; `postgres` is for several nodes."},
		{path: "database.path", into: &c.Database.Path, standard: "twohens.db",
			doc: "sqlite: the file. It is made when missing, readable by its owner alone."},
		{path: "database.dsn_file", into: &c.Database.DSNFile,
			doc: "postgres: a file that holds the connection string, such as `postgres://twohens:secret@db.fernbank.example/twohens?sslmode=verify-full`."},
		{path: "database.connections", into: &c.Database.Connections, standard: "0",
			doc: "Connections at once; 0 is a sensible number."},
		{path: "database.migrate", into: &c.Database.Migrate, standard: "auto", among: []string{"auto", "always", "never"},
			doc: "Whether starting brings an older database up to date. `auto` does so with sqlite, and with postgres asks for `twohens migrate`, because other nodes may still be running the old version."},

		{path: "keys.folder", into: &c.Keys.Folder, standard: "keys",
			doc: "A folder for the key files. It and they are made when missing, readable by their owner alone."},

		{path: "mail.server", into: &c.Mail.Server, needed: true,
			doc: "The server's host name, as in its certificate."},
		{path: "mail.port", into: &c.Mail.Port, standard: "0",
			doc: "0 is the usual one: 587 with `starttls`, 465 with `implicit`, 25 with `none`."},
		{path: "mail.tls", into: &c.Mail.TLS, standard: "starttls", among: []string{"starttls", "implicit", "none"},
			doc: "`starttls` and `implicit` insist on TLS and a good certificate. `none` is allowed to this machine only."},
		{path: "mail.ca_file", into: &c.Mail.CAFile,
			doc: "Certificates, in PEM, to trust instead of the system's, for a server with a private one."},
		{path: "mail.username", into: &c.Mail.Username,
			doc: "The name to sign in with. Empty: no sign-in."},
		{path: "mail.password_file", into: &c.Mail.PasswordFile,
			doc: "A file that holds the password. It is read for each connection, so a new password needs no restart."},
		{path: "mail.from", into: &c.Mail.From, needed: true,
			doc: "The address that mails come from, such as `no-reply@fernbank.example`."},
		{path: "mail.from_name", into: &c.Mail.FromName,
			doc: "The name beside it. Empty: `site.name`."},
		{path: "mail.envelope_from", into: &c.Mail.EnvelopeFrom,
			doc: "Where undeliverable mail goes back to. Empty: `mail.from`."},
		{path: "mail.helo", into: &c.Mail.Hello,
			doc: "What this machine calls itself to the server. Empty: the host of `site.public_url`."},
		{path: "mail.connections", into: &c.Mail.Connections, standard: "8",
			doc: "Connections at once, at most."},
		{path: "mail.dkim", into: &c.Mail.DKIM,
			doc: "Keys to sign mails with, each as `selector=file`, RSA or Ed25519 in PEM. Empty: the mail server signs, which is the usual way."},

		{path: "recovery.profile", into: &c.Recovery.Profile, standard: "classic", among: []string{"classic", "strict"},
			doc: "`classic`: codes of 15 minutes. `strict`: codes of 10 minutes which sending again never extends, and passwords of at least 15 characters."},
		{path: "recovery.ways", into: &p.Ways, standard: "email",
			doc: "The ways to prove who one is. `email` is the only one in this version."},
		{path: "recovery.digits", into: &p.Digits, standard: "8",
			doc: "Digits of a code, 6 to 12."},
		{path: "recovery.code_life", into: &p.CodeLife, standard: "15m", strict: "10m",
			doc: "How long a code is valid after the click that sent it."},
		{path: "recovery.send_again_extends", into: &p.Extends, standard: "true", strict: "false",
			doc: "Whether sending again makes the same code valid anew."},
		{path: "recovery.request_life", into: &p.RequestLife, standard: "1h", strict: "10m",
			doc: "How long a recovery may take in all, and how long the link in its mails is valid."},
		{path: "recovery.reset_life", into: &p.GrantLife, standard: "15m", strict: "10m",
			doc: "How long the new password may take, once somebody proved who they are."},
		{path: "recovery.cool_down", into: &p.CoolDown, standard: "1m, 2m, 4m, 8m",
			doc: "How long another click sends nothing: after the first click, the second, and so on; the last repeats."},
		{path: "recovery.tries", into: &p.Tries, standard: "5",
			doc: "Wrong codes on a recovery. After them its codes are refused; the link in the mail still works."},
		{path: "recovery.tries_a_day", into: &p.TriesADay, standard: "15",
			doc: "Wrong codes on an account in a day, over all recoveries. Past it no typed code of that account is accepted, in silence; the link still works."},
		{path: "recovery.tries_in_a_row", into: &p.TriesInARow, standard: "100",
			doc: "Wrong codes on an account without a proof or a sign-in between them."},
		{path: "recovery.workers", into: &c.Recovery.Workers, standard: "8",
			doc: "Messages on their way at once."},

		{path: "password.min_length", into: &c.Password.MinLength, standard: "8", strict: "15",
			doc: "Characters at least, 8 to 64."},
		{path: "password.max_length", into: &c.Password.MaxLength, standard: "256",
			doc: "Characters at most, 64 to 256."},
		{path: "password.hash_memory", into: &c.Password.HashMemory, standard: "19MiB",
			doc: "Argon2id: memory of one hash."},
		{path: "password.hash_time", into: &c.Password.HashTime, standard: "2",
			doc: "Argon2id: passes over the memory."},
		{path: "password.hash_threads", into: &c.Password.HashThreads, standard: "1",
			doc: "Argon2id: threads of one hash."},
		{path: "password.hash_parallel", into: &c.Password.HashParallel, standard: "0",
			doc: "Hashes at once; 0 is one for each core. Memory for hashing is this times `hash_memory`, about twice that until the garbage collector comes by."},
		{path: "password.hash_queue", into: &c.Password.HashQueue, standard: "64",
			doc: "How many may wait for a hash. The others are asked to come back in a moment."},

		{path: "password.breach.enabled", into: &c.Password.Breach.Enabled, standard: "false",
			doc: "Whether the service is asked."},
		{path: "password.breach.url", into: &c.Password.Breach.URL, standard: "https://api.pwnedpasswords.com/range",
			doc: "The service's address, without the five digits."},
		{path: "password.breach.timeout", into: &c.Password.Breach.Timeout, standard: "1.5s",
			doc: "How long it may take. The person is waiting."},

		{path: "limits.address", into: &c.Limits.Address, standard: "6/1h",
			doc: "Recoveries begun for one address, registered or not."},
		{path: "limits.network", into: &c.Limits.Network, standard: "120/10m",
			doc: "Recoveries asked for, and sign-ins tried, from one IPv4 address or IPv6 /56. A school or an office is one address."},
		{path: "limits.network_wide", into: &c.Limits.Wide, standard: "600/10m",
			doc: "The same from one IPv6 /48."},
		{path: "limits.site", into: &c.Limits.Site, standard: "3000/1m",
			doc: "The same in all."},
		{path: "limits.picture", into: &c.Limits.Picture, standard: "300/10m",
			doc: "Pictures drawn for one network. A page shows two."},
		{path: "limits.sign_in_free", into: &c.Limits.SignInFree, standard: "3/1h",
			doc: "Wrong passwords on one address before the chickens are asked for."},
		{path: "limits.sign_in_address", into: &c.Limits.SignInAddress, standard: "60/1h",
			doc: "Sign-ins tried on one address."},
		{path: "limits.account", into: &c.Limits.Account, standard: "20/24h",
			doc: "Silent: messages with a code to one account."},
		{path: "limits.destination", into: &c.Limits.Destination, standard: "20/24h",
			doc: "Silent: messages with a code to one address."},

		{path: "challenge.lifetime", into: &c.Challenge.Lifetime, standard: "10m",
			doc: "How long a picture may take to be answered."},

		{path: "signin.url", into: &c.SignIn.URL,
			doc: "The site's own sign-in page, where people go once the password is set. Empty: the built-in one."},
		{path: "signin.life", into: &c.SignIn.Life, standard: "12h",
			doc: "At most, since the sign-in."},
		{path: "signin.idle", into: &c.SignIn.Idle, standard: "1h",
			doc: "At most, since the last page."},

		{path: "log.level", into: &c.Log.Level, standard: "info", among: []string{"debug", "info", "warn", "error"},
			doc: "What is worth a line."},
		{path: "log.format", into: &c.Log.Format, standard: "text", among: []string{"text", "json"},
			doc: "How a line is written."},
	}
}
