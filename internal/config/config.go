// Package config gathers every setting of the program into one typed [Config]: from defaults, a YAML file, .env files, the
// environment and flags, in that order, each overriding the ones before it.
//
// It promises that whatever [Load] returns without an error is complete and within its limits, that a key it does not know
// is an error and never ignored, that all mistakes are reported together, and that no secret is part of any message. It
// opens nothing but its own files: whether brokers answer is found out by those who call them.
package config

//go:generate go test -count=1 -run ^TestDocIsCurrent$ . -update

import (
	"time"

	"github.com/shopstream/shopstream/internal/secret"
)

// Config holds all settings. A key is the section and the field: kafka.brokers is Config.Kafka.Brokers, and
// SHOPSTREAM_KAFKA__BROKERS in the environment.
type Config struct {
	Kafka Kafka
	Mongo Mongo
	Shops Shops
	// Instance names this process among those of its service; empty by default. With a name, consumer group members are
	// static and transactional ids stable, so that a restart is over in seconds; two processes with one name fence each
	// other, which is why a name is only for those who can keep it unique (a StatefulSet's pods).
	Instance string
	HTTP     HTTP
	Log      Log
	Time     Time
	// Platforms has an entry for each platform that there is, by its name.
	Platforms map[string]Platform
	Fetch     Fetch
	Chunk     Chunk
	Sink      Sink
	Topics    Topics
}

// Kafka says where records go.
type Kafka struct {
	// Brokers to find the cluster by, as host:port; 127.0.0.1:9092 by default. The client learns the others from them.
	Brokers []string
	// TopicPrefix goes before each topic, consumer group and transactional id; "shopstream." by default. Another prefix is
	// another installation on the same cluster.
	TopicPrefix string
	// Replication is the number of copies that "topics apply" asks for when it creates a topic; -1, the default, leaves it
	// to the brokers, who know how many of them there are.
	Replication int
}

// Mongo says where documents go.
type Mongo struct {
	// URI of the replica set; mongodb://127.0.0.1:27017 by default. Secret, since it may carry a password.
	URI secret.Text
	// Database that holds documents and ledger; "shopstream" by default.
	Database string
}

// Shops says which sellers there are.
type Shops struct {
	// File that lists shops and their credentials, for taking them over into the store; shops.yaml by default, relative to the
	// working directory. It need not exist where the store has shops already.
	File string
	// Key that encrypts the shops' credentials in the store: the line that "shops key create" writes; empty by default, which
	// means that it is in the key file. All processes need the same one. Secret.
	Key secret.Text
	// KeyFile holds the key where shops.key does not; shopstream.key by default, relative to the working directory. The first
	// process that has something to encrypt makes it, if nothing is encrypted yet.
	KeyFile string
}

// HTTP is the operator's view into a process.
type HTTP struct {
	// Addr serves metrics and health as host:port; 127.0.0.1:8080 by default, because neither asks who is calling. Empty
	// turns it off; port 0 takes a free one.
	Addr string
}

// Log says how a process talks.
type Log struct {
	// Level is debug, info (default), warn or error.
	Level string
	// Format is text (default), for people, or json, for collectors.
	Format string
}

// Time fixes what a day is.
type Time struct {
	// Zone of plans' calendar days and of times in documents; +07:00 by default, the sellers' own. An offset, or an IANA
	// name such as Asia/Ho_Chi_Minh.
	Zone Zone
	// Settle is how long after the end of a window the platforms may still add to it; 5m by default. A list that was
	// answered sooner is asked for again.
	Settle time.Duration
}

// Platform holds what differs between the platforms.
type Platform struct {
	// Rate is the number of calls a minute that the platform grants to the whole app, over all shops and processes; by
	// default what it is known to bear.
	Rate int
	// Burst is how many calls may be made at once after a silence; 10 by default.
	Burst int
	// ShopRate is the number of calls a minute that the platform grants to one shop, with the app's burst; 0 by default: no
	// more than the app. No platform documents a number: TikTok limits each shop as it sees fit, and of Shopee ten calls a
	// second are reported. It counts where it is less than the app's rate.
	ShopRate int
	// APIRate is the number of calls a minute that the platform grants to one shop at one endpoint, with the app's burst; 0
	// by default: no more than the shop. TikTok once documented 3000; Lazada limits each endpoint and does not say to what. It
	// counts where it is less than the shop's and the app's rate.
	APIRate int
	// Daily is the number of calls that the platform grants to the whole app a calendar day, which begins at midnight in
	// UTC+8; 0 by default: as many as the rate gives.
	Daily int
	// Ceiling fixes the calls a minute that the whole app makes at most, whatever the platform's answers say; 0 by
	// default: refusals for the rate in a row halve what is made, and it creeps up again to the configured rate.
	Ceiling int
	// Errors adds to the known error codes, code to class; in one text code=class,code=class. transient: the same call may
	// succeed later; rate: there were too many calls; quota: those of an hour or a day are used up; auth: somebody has to
	// authorise the shop again; permanent: the call will never succeed. Platforms invent codes faster than they document them, and a wrong class either loses time
	// or gives up too soon.
	Errors map[string]string
	// PageSizes makes calls smaller, by the op that tasks and pages name: rows of a list or ids of a details call; in one
	// text op=rows,op=rows. It is for platforms that break off long answers. More than the platform's most is its most,
	// which is the default, and an op that there is not changes nothing.
	PageSizes map[string]int
	// Versions asks an endpoint for another version than the documented one, for the time between a platform's change and
	// a release; endpoint to version, in one text endpoint=version,endpoint=version. The endpoint is the part of its path
	// behind the version, such as orders/search. Only tiktok has versions.
	Versions map[string]string
	// AuthURL is the base of the calls that give out tokens, for all shops that name none of their own; empty by default, which
	// is the platform's documented one: of shopee, the shop's base URL; of tiktok, https://auth.tiktok-shops.com; of lazada,
	// https://auth.lazada.com/rest.
	AuthURL string
	// Tracking says what is asked about parcels: packages (default), where they are, or history, also what happened to those
	// that left the seller, which costs a call an order more.
	Tracking string
}

// Fetch says how calls are made.
type Fetch struct {
	// Parallel is the number of calls a lane has in flight; 5 by default.
	Parallel int
	// Retries is the number of tries a call has in place before its task goes to a delay topic; 3 by default.
	Retries int
	// Backoff is the longest wait before the second try; it doubles with each further one, and the wait is random below
	// it, so that callers spread; 2s by default.
	Backoff time.Duration
	// Timeout of one call, from request to the last byte of the answer; 15s by default: a batch has 20 s.
	Timeout time.Duration
}

// Chunk is the piece of a plan that is shown as done or not.
type Chunk struct {
	// Days a chunk spans where the plan does not say; 1 by default, so that a gap points at a day.
	Days int
	// Timeout without any news after which a chunk is shown as stalled, and alarmed about; 9600s by default. Nothing is
	// killed: the work is a record and waits.
	Timeout time.Duration
}

// Sink says how documents are written.
type Sink struct {
	// Batch is the number of documents written at once; 1000 by default: smaller ones pay for transactions, larger ones
	// only cost memory.
	Batch int
}

// Topics says how topics are made.
type Topics struct {
	// Partitions of every topic that may have several, and so the most processes that share its work; 6 by default. Keys
	// stay on their partition only as long as it does not change.
	Partitions int
}

// Default returns what holds where nothing is configured. rates has each platform that there is, and the calls a minute that
// it is known to bear.
func Default(rates map[string]int) Config {
	platforms := make(map[string]Platform, len(rates))
	for name, rate := range rates {
		platforms[name] = Platform{
			Rate: rate, Burst: 10, Tracking: "packages",
			Errors: map[string]string{}, PageSizes: map[string]int{}, Versions: map[string]string{},
		}
	}
	return Config{
		Kafka:  Kafka{Brokers: []string{"127.0.0.1:9092"}, TopicPrefix: "shopstream.", Replication: -1},
		Mongo:  Mongo{URI: "mongodb://127.0.0.1:27017", Database: "shopstream"},
		Shops:  Shops{File: "shops.yaml", KeyFile: "shopstream.key"},
		HTTP:   HTTP{Addr: "127.0.0.1:8080"},
		Log:    Log{Level: "info", Format: "text"},
		Time:   Time{Settle: 5 * time.Minute},
		Fetch:  Fetch{Parallel: 5, Retries: 3, Backoff: 2 * time.Second, Timeout: 15 * time.Second},
		Chunk:  Chunk{Days: 1, Timeout: 9600 * time.Second},
		Sink:   Sink{Batch: 1000},
		Topics: Topics{Partitions: 6},

		Platforms: platforms,
	}
}
