package stream

import (
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
)

// lacking adds to a broker's refusal which right is missing on what: the refusal itself says neither. right and topic are what was asked
// for; topic is "" where it was about no topic, or nobody knows about which. Other errors stay as they are.
func (s *Stage) lacking(right, topic string, err error) error {
	switch {
	case errors.Is(err, kerr.TopicAuthorizationFailed) && topic != "":
		return fmt.Errorf("%w: %s on topic %s: %w", ErrNoRight, right, topic, err)
	case errors.Is(err, kerr.GroupAuthorizationFailed):
		return fmt.Errorf("%w: Read on group %s: %w", ErrNoRight, s.opts.Group, err) // which includes to describe it
	case errors.Is(err, kerr.TransactionalIDAuthorizationFailed):
		return fmt.Errorf("%w: Write on the transactional ids that begin with %s.: %w", ErrNoRight, s.opts.Group, err)
	default:
		return err
	}
}
