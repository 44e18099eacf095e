package stream

import (
	"context"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// instanceID is the name of the lane's members, where the process has one.
func (l *lane) instanceID() string {
	return l.stage.opts.Instance + "." + strconv.Itoa(l.n)
}

// displaced reports whether the group knows another member under this lane's instance name than the lane was. A lane that
// meets its rival first as a newer producer would else come back and take the name from it, and so on in turns.
func (l *lane) displaced(ctx context.Context, adm *kadm.Client) bool {
	if l.stage.opts.Instance == "" || l.memberID == "" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	groups, err := adm.DescribeGroups(ctx, l.stage.opts.Group)
	if err != nil {
		return false // the next session meets the same brokers
	}
	for _, m := range groups[l.stage.opts.Group].Members {
		if m.InstanceID != nil && *m.InstanceID == l.instanceID() && m.MemberID != l.memberID {
			return true
		}
	}
	return false
}

// leave takes a static member out of its group after a stop, so that the others take over at once: kgo leaves only for
// dynamic members. A lane that was displaced must not: the name belongs to another process now.
func (l *lane) leave(ctx context.Context, adm *kadm.Client) {
	if l.stage.opts.Instance == "" || ctx.Err() == nil || l.displaced(context.WithoutCancel(ctx), adm) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	left, err := adm.LeaveGroup(ctx, kadm.LeaveGroup(l.stage.opts.Group).Reason("stop").InstanceIDs(l.instanceID()))
	if err == nil {
		err = left.Error()
	}
	if err != nil {
		l.log.Warn("leave group failed, its partitions stay idle for the session time-out", "error", err)
	}
}

// takeOut takes the member of an earlier session out of the group, in case that its own farewell found no broker: the group would
// wait for it until its session has timed out. A static member takes the place of the one before by itself.
func (l *lane) takeOut(ctx context.Context, cl *kgo.Client) {
	if l.leftBehind == "" || l.stage.opts.Instance != "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req := kmsg.NewPtrLeaveGroupRequest()
	req.Group = l.stage.opts.Group
	member := kmsg.NewLeaveGroupRequestMember()
	member.MemberID = l.leftBehind
	req.Members = append(req.Members, member)
	if resp, err := req.RequestWith(ctx, cl); err == nil && resp.ErrorCode == 0 { // that the member is not known is as good
		l.leftBehind = ""
	}
}
