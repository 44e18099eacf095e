//go:build !linux

package mongod

import "syscall"

// attributes: only Linux can tie a child's life to its parent's. Elsewhere a parent that is killed leaves its server behind.
func attributes() *syscall.SysProcAttr { return nil }
