#!/bin/bash
# Healthy is a server that takes writes. The first time it also makes the server the only member of its replica set.
#
# The member is called 127.0.0.1: that is the server both as seen by itself and from the machine that runs Docker, so that
# clients there work with directConnection=true and without. Clients in other containers need it.
#
# The shell takes a second of processor time, so once it has seen a primary, an open port is enough: an only member stays
# primary for as long as it runs. The folder is emptied when the container stops.
set -eu
seen=/run/shopstream/primary
if [ -e "$seen" ]; then
	exec 3<>/dev/tcp/127.0.0.1/27017
	exit 0
fi
mongosh --quiet --norc "mongodb://127.0.0.1:27017/?directConnection=true" --eval '
	if (!db.hello().setName) {
		rs.initiate({_id: "rs0", members: [{_id: 0, host: "127.0.0.1:27017"}]});
	}
	quit(db.hello().isWritablePrimary ? 0 : 1);
'
touch "$seen"
