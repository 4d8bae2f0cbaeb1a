#!/bin/sh
# A private Postfix on loopback for the integration test (build tag postfix).
#
#   postfix.sh start SUBMISSION_PORT SMTPS_PORT   prints key=value lines
#   postfix.sh stop  DIR                          stops it and removes DIR
#
# Everything lives in one temporary directory: configuration, queue, data, log,
# keys, SASL passwords, mailboxes. The machine's own Postfix is neither read nor
# changed. Needs root: master(8) starts as root and drops to user postfix.
set -eu

realm=holdfast.test
user=ops
password='correct horse battery'

die() { echo "postfix.sh: $*" >&2; exit 1; }

need_packages() {
	missing=
	for p in postfix sasl2-bin libsasl2-modules openssl; do
		dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
	done
	[ -z "$missing" ] && return
	echo "postfix.sh: installing$missing" >&2
	# The package would start a mail server for the whole machine.
	echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2 ||
		die "could not install$missing"
}

certificates() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj '/CN=holdfast test authority' -keyout "$dir/tls/ca.key" -out "$dir/tls/ca.pem" 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj "/CN=mail.$realm" -keyout "$dir/tls/server.key" -out "$dir/tls/server.csr" 2>/dev/null
	printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n' >"$dir/tls/ext"
	openssl x509 -req -days 2 -in "$dir/tls/server.csr" -CA "$dir/tls/ca.pem" -CAkey "$dir/tls/ca.key" \
		-CAcreateserial -extfile "$dir/tls/ext" -out "$dir/tls/server.pem" 2>/dev/null
}

# Debian's Postfix looks for smtpd.conf in sasl/ of its config_directory whatever
# cyrus_sasl_config_path says; others follow the setting. Both find it there.
sasl() {
	cat >"$dir/conf/sasl/smtpd.conf" <<-END
		pwcheck_method: auxprop
		auxprop_plugin: sasldb
		sasldb_path: $dir/conf/sasl/sasldb2
		mech_list: PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256
	END
	printf %s "$password" | saslpasswd2 -c -p -f "$dir/conf/sasl/sasldb2" -u "$realm" "$user"
	chown postfix "$dir/conf/sasl/sasldb2"
	chmod 600 "$dir/conf/sasl/sasldb2"
}

configuration() {
	cat >"$dir/conf/main.cf" <<-END
		compatibility_level = 3.6
		config_directory = $dir/conf
		queue_directory = $dir/queue
		data_directory = $dir/data
		maillog_file = $dir/log/mail.log
		maillog_file_prefixes = $dir/log
		inet_interfaces = loopback-only
		inet_protocols = ipv4
		myhostname = mail.$realm
		mydestination =
		mynetworks =
		alias_maps =
		alias_database =
		smtpd_sasl_auth_enable = yes
		smtpd_sasl_path = smtpd
		cyrus_sasl_config_path = $dir/conf/sasl
		smtpd_sasl_local_domain = $realm
		smtpd_sasl_security_options = noanonymous
		smtpd_tls_cert_file = $dir/tls/server.pem
		smtpd_tls_key_file = $dir/tls/server.key
		smtpd_tls_security_level = encrypt
		smtpd_tls_auth_only = yes
		smtpd_tls_protocols = >=TLSv1.2
		smtpd_recipient_restrictions = check_recipient_access texthash:$dir/conf/recipients, permit_sasl_authenticated, reject
		smtpd_relay_restrictions = permit_sasl_authenticated, reject
		virtual_mailbox_domains = inbox.test
		virtual_mailbox_base = $dir/mail
		virtual_mailbox_maps = static:box/
		virtual_minimum_uid = 1
		virtual_uid_maps = static:$(id -u nobody)
		virtual_gid_maps = static:$(id -g nobody)
		# Anything else would leave the machine.
		default_transport = error:5.7.1 this test delivers to inbox.test only
		smtpd_error_sleep_time = 0
	END
	cat >"$dir/conf/recipients" <<-END
		refused.test 550 5.1.1 No such person here
		deferred.test 450 4.2.0 Greylisted, try again in 60 seconds
	END
	cat >"$dir/conf/master.cf" <<-END
		127.0.0.1:$1 inet n - n - - smtpd
		127.0.0.1:$2 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
		postlog unix-dgram n - n - 1 postlogd
		cleanup unix n - n - 0 cleanup
		qmgr    unix n - n 300 1 qmgr
		tlsmgr  unix - - n 1000? 1 tlsmgr
		rewrite unix - - n - - trivial-rewrite
		bounce  unix - - n - 0 bounce
		defer   unix - - n - 0 bounce
		trace   unix - - n - 0 bounce
		verify  unix - - n - 1 verify
		proxymap unix - - n - - proxymap
		anvil   unix - - n - 1 anvil
		scache  unix - - n - 1 scache
		error   unix - - n - - error
		retry   unix - - n - - error
		virtual unix - n n - - virtual
	END
}

start() {
	[ "$(id -u)" = 0 ] || die 'needs root'
	need_packages
	umask 022
	dir=$(mktemp -d /tmp/holdfast-postfix.XXXXXX)
	trap 'stop "$dir"' EXIT
	chmod 755 "$dir"
	mkdir "$dir/conf" "$dir/queue" "$dir/data" "$dir/log" "$dir/tls" "$dir/conf/sasl" "$dir/mail"
	chown postfix "$dir/data" "$dir/log"
	chown nobody "$dir/mail"
	certificates
	sasl
	configuration "$1" "$2"
	postfix -c "$dir/conf" start >"$dir/start.log" 2>&1 || { cat "$dir/start.log" "$dir/log/mail.log" >&2; die 'Postfix did not start'; }
	trap - EXIT
	echo "dir=$dir"
	echo "pid=$(tr -d ' ' <"$dir/queue/pid/master.pid")"
	echo "ca=$dir/tls/ca.pem"
	echo "mail=$dir/mail/box/new"
	echo "log=$dir/log/mail.log"
	echo "user=$user@$realm"
	echo "password=$password"
}

stop() {
	dir=$1
	case $dir in
	/tmp/holdfast-postfix.*) ;;
	*) die "not a directory of this script: $dir" ;;
	esac
	if [ -s "$dir/queue/pid/master.pid" ]; then
		pid=$(tr -d ' ' <"$dir/queue/pid/master.pid")
		postfix -c "$dir/conf" stop >/dev/null 2>&1 || true
		# master(8) leads a process group of its own, and the daemons are in it.
		n=0
		while kill -s 0 -- "-$pid" 2>/dev/null && [ "$n" -lt 50 ]; do
			n=$((n + 1))
			[ "$n" = 25 ] && kill -s KILL -- "-$pid" 2>/dev/null
			sleep 0.1
		done
	fi
	rm -rf "$dir"
}

case ${1-} in
start) start "${2:?submission port}" "${3:?smtps port}" ;;
stop) stop "${2:?directory}" ;;
*) die 'usage: postfix.sh start SUBMISSION_PORT SMTPS_PORT | stop DIR' ;;
esac
