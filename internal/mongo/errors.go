package mongodb

import (
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/auth"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/description"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"
)

// Fate says what an error of a write means for the document that was written.
type Fate int

const (
	// Infrastructure is everything that is not known to be the document's fault: the same write may pass later.
	Infrastructure Fate = iota
	// Refused means that the store will never take this very document.
	Refused
	// Taken means that another writer has inserted the same _id: read again and decide again.
	Taken
)

// refusals is the closed list of server error codes that are about the document and nothing else. A code that an outage, a
// failover, a full disk, missing rights or a wrong configuration can also cause must not be added.
var refusals = map[int]bool{
	badValue: true, // such as an _id that is an array
	15:       true, // Overflow: nested too deep
	22:       true, // InvalidBSON
	28:       true, // PathNotViable
	40:       true, // ConflictingUpdateOperators
	52:       true, // DollarPrefixedFieldName
	53:       true, // InvalidIdField
	54:       true, // NotSingleValueField
	55:       true, // InvalidDBRef
	56:       true, // EmptyFieldName
	57:       true, // DottedFieldName
	121:      true, // DocumentValidationFailure
	171:      true, // CannotIndexParallelArrays
	10334:    true, // BSONObjectTooLarge
	17280:    true, // KeyTooLong
	17419:    true, // the document grew beyond the limit by an update
	17420:    true, // the same, on an insert
}

const (
	duplicateKey = 11000
	// badValue of a whole command can also mean that the command is at fault, so only a write's own badValue refuses.
	badValue = 2
)

// FateOf classifies one write's error of a bulk, an update or an insert.
func FateOf(e mongo.WriteError) Fate {
	switch {
	case e.Code == duplicateKey && aboutID(e):
		return Taken
	case e.Code == duplicateKey, refusals[e.Code]:
		return Refused
	}
	return Infrastructure
}

// aboutID reports whether a duplicate key is the primary one: only then is the other document the same document.
func aboutID(e mongo.WriteError) bool {
	pattern, ok := e.Raw.Lookup("keyPattern").DocumentOK()
	if !ok {
		return e.HasErrorMessage("index: _id_ ")
	}
	elements, err := pattern.Elements()
	return err == nil && len(elements) == 1 && elements[0].Key() == "_id"
}

// Unnamed reports whether err says that one of the documents of a command is refused without saying which one, so that
// the command has to be tried again in parts.
func Unnamed(err error) bool {
	var command mongo.CommandError
	if errors.As(err, &command) {
		return int(command.Code) != badValue && refusals[int(command.Code)] && !command.HasErrorLabel("RetryableWriteError") &&
			!command.HasErrorLabel("TransientTransactionError")
	}
	return errors.Is(err, driver.ErrDocumentTooLarge)
}

// WriteErrors returns the errors of a bulk by the index of their write. It reports false when err is more than that: then
// nothing is known about the writes, and err is infrastructure unless it is [Unnamed].
func WriteErrors(err error) ([]mongo.WriteError, bool) {
	var bulk mongo.BulkWriteException
	if !errors.As(err, &bulk) || bulk.WriteConcernError != nil || len(bulk.WriteErrors) == 0 {
		return nil, false
	}
	list := make([]mongo.WriteError, len(bulk.WriteErrors))
	for i, e := range bulk.WriteErrors {
		list[i] = e.WriteError
	}
	return list, true
}

// Denied reports whether the server is there and takes the user or the password for wrong.
func Denied(err error) bool {
	var denied *auth.Error
	return errors.As(err, &denied)
}

// Uninitiated reports whether a server is there that waits to be made a member of its replica set.
func Uninitiated(err error) bool {
	var selection topology.ServerSelectionError
	return errors.As(err, &selection) && slices.ContainsFunc(selection.Desc.Servers, func(s description.Server) bool {
		return s.Kind == description.ServerKindRSGhost
	})
}

// MaxDocument is the largest document that the server stores, in bytes of BSON.
const MaxDocument = 16 << 20

// WithoutValues returns an error that names the code of a refusal and none of the document's values, which server messages
// quote.
func WithoutValues(err error) error {
	var write mongo.WriteError
	var command mongo.CommandError
	switch {
	case errors.As(err, &write):
		return fmt.Errorf("refused by mongodb with code %d", write.Code)
	case errors.As(err, &command):
		return fmt.Errorf("refused by mongodb with code %d (%s)", command.Code, command.Name)
	case errors.Is(err, driver.ErrDocumentTooLarge):
		return driver.ErrDocumentTooLarge
	}
	return errors.New("refused by mongodb")
}
