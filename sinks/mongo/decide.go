package mongo

// stored is what a decision needs to know of a document in the store.
type stored struct {
	ID             string `bson:"_id"`
	Version        string `bson:"version"`
	Hash           string `bson:"hash"`
	ParseError     string `bson:"parse_error"`
	LastParseError struct {
		Version string `bson:"version"`
	} `bson:"last_parse_error"`
}

// action is the write that an observation needs.
type action int

const (
	nothing action = iota
	insert
	replace // set all of the kind's fields, remove the absent ones
	raise   // set the lineage alone
	note    // set last_parse_error alone
)

// decide compares an observation with the document that is stored under its key, nil if there is none.
func decide(o *observation, s *stored) (action, outcome) {
	switch version := o.lineage.Version; {
	case s == nil:
		return insert, inserted
	case !o.parsed() && s.ParseError == "":
		return decideNote(version, s)
	case version < s.Version:
		return nothing, stale
	case o.sameContent(s) && (version == s.Version || o.onlyMissing):
		return nothing, unchanged // nothing is missing
	case o.sameContent(s):
		return raise, unchanged
	}
	return replace, updated
}

// decideNote is for what could not be parsed over what could: it leaves at most a note.
func decideNote(version string, s *stored) (action, outcome) {
	switch known := s.LastParseError.Version; {
	case version <= s.Version, version < known:
		return nothing, stale
	case version == known:
		return nothing, unchanged
	}
	return note, updated
}

func (o *observation) sameContent(s *stored) bool {
	return o.lineage.Hash == s.Hash && o.lineage.ParseError == s.ParseError
}

// contest picks, for each key of a batch, the observation to be stored. The others of the key become its losers, with the
// outcome that they have once it is stored; later holds those that must be decided after it: what could not be parsed is
// never preferred to what could, but may leave its note.
func contest(batch []*observation) (winners, later []*observation) {
	best := make(map[string]int, len(batch)) // key → index in winners
	for _, o := range batch {
		i, contested := best[o.id]
		if !contested {
			best[o.id] = len(winners)
			winners = append(winners, o)
			continue
		}
		holder := winners[i]
		switch {
		case o.parsed() == holder.parsed() && o.lineage.Version < holder.lineage.Version:
			holder.beats(o)
		case o.parsed() == holder.parsed():
			winners[i] = o
			o.beats(holder)
		case o.parsed():
			winners[i] = o
			later = append(later, holder)
		default:
			later = append(later, o)
		}
	}
	return winners, later
}

// beats takes over a loser and its losers.
func (o *observation) beats(loser *observation) {
	o.losers = append(append(o.losers, loser), loser.losers...)
	loser.losers = nil
	loser.outcome = stale
	if loser.lineage.Version == o.lineage.Version && loser.lineage.Hash == o.lineage.Hash {
		loser.outcome = unchanged
	}
}

// refuse marks o as given up and returns those that lost against it: now one of them may be what is to be stored.
func (o *observation) refuse(err error) []*observation {
	o.outcome, o.refusal = refused, err
	freed := o.losers
	o.losers = nil
	for _, l := range freed {
		l.outcome = undecided
	}
	return freed
}
