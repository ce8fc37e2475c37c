// What every program of Postfix reads when it starts, in this order (mail_params_init; a test compares it with a real
// trivial-rewrite). `ParameterTable` says how a line is read.

extension ParameterTable {
  package static let common = ParameterTable(
    """
    service_name s
    compatibility_level s 0
    mail_version s1
    syslog_facility s1 mail
    inet_protocols s all
    multi_instance_directories s
    multi_instance_group s
    multi_instance_name s
    maillog_file s
    maillog_file_prefixes s1 /var, /dev/stdout
    maillog_file_compressor s1 gzip
    maillog_file_rotate_suffix s1 %Y%m%d-%H%M%S
    maillog_file_permissions s1@3.9 0600
    postlog_service_name s1 postlog
    dnssec_probe s ns:.
    known_tcp_ports s lmtp=24, smtp=25, smtps=submissions=465, submission=587
    daemon_table_open_error_is_fatal b no
    dns_ncache_ttl_fix_enable b no
    smtputf8_enable b ${{$compatibility_level} <level {1} ? {no} : {yes}}
    enable_idna2003_compatibility b no
    respectful_logging b ${{$compatibility_level} <level {3.6} ? {no} : {yes}}
    tls_required_enable b@3.10 yes
    myhostname s1
    mydomain s1
    mail_name s1 Postfix
    syslog_name s1 ${multi_instance_name?{$multi_instance_name}:{postfix}}
    mail_owner s1 postfix
    setgid_group s1 postdrop
    mydestination s $myhostname, localhost.$mydomain, localhost
    myorigin s1 $myhostname
    relayhost s
    daemon_directory s1 /usr/lib/postfix/sbin
    data_directory s1 /var/lib/postfix
    command_directory s1 /usr/sbin
    meta_directory s1 /etc/postfix
    queue_directory s1 /var/spool/postfix
    shlib_directory s1 /usr/lib/postfix
    process_id_directory s1 pid
    inet_interfaces s all
    proxy_interfaces s
    double_bounce_sender s1 double-bounce
    default_privs s1 nobody
    alias_database s hash:/etc/aliases
    mail_release_date s1 20240304
    default_database_type s1 hash
    hash_queue_names s1 deferred, defer
    recipient_delimiter s
    relay_domains s ${{$compatibility_level} <level {2} ? {$mydestination} : {}}
    fast_flush_domains s $relay_domains
    export_environment s TZ MAIL_CONFIG LANG
    import_environment s MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME
    mynetworks_style s1 ${{$compatibility_level} <level {2} ? {subnet} : {host}}
    debug_peer_list s
    default_verp_delimiters s2-2 +=
    verp_delimiter_filter s1 -=+
    parent_domain_matches_subdomains s debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,relay_domains,smtpd_access_maps
    alternate_config_directories s
    bounce_service_name s1 bounce
    cleanup_service_name s1 cleanup
    defer_service_name s1 defer
    pickup_service_name s1 pickup
    queue_service_name s1 qmgr
    rewrite_service_name s1 rewrite
    showq_service_name s1 showq
    error_service_name s1 error
    flush_service_name s1 flush
    address_verify_service_name s1 verify
    trace_service_name s1 trace
    proxymap_service_name s1 proxymap
    proxywrite_service_name s1 proxywrite
    internal_mail_filter_classes s
    multi_instance_wrapper s
    default_delivery_status_filter s
    smtputf8_autodetect_classes s1 sendmail, verify
    message_drop_headers s bcc, content-length, resent-bcc, return-path
    info_log_address_format s1 external
    default_process_limit i1 100
    max_use i1 100
    dont_remove i 0
    line_length_limit i512 2048
    hash_queue_depth i1 1
    fork_attempts i1 5
    deliver_lock_attempts i1 20
    debug_peer_level i1 2
    fault_injection_code i 0
    berkeley_db_create_buffer_size i1 16777216
    berkeley_db_read_buffer_size i1 131072
    header_size_limit i1 102400
    header_address_token_limit i1 10240
    mime_nesting_limit i1 100
    mime_boundary_length_limit i1 2048
    delay_logging_resolution_limit i0-6 2
    tcp_windowsize i 0
    socketmap_max_reply_size i1@3.10 100000
    message_size_limit l 10240000
    lmdb_map_size l1 16777216
    disable_dns_lookups b no
    soft_bounce b no
    owner_request_special b yes
    strict_8bitmime b no
    strict_7bit_headers b no
    strict_8bitmime_body b no
    strict_mime_encoding_domain b no
    disable_mime_input_processing b no
    disable_mime_output_conversion b no
    address_verify_negative_cache b yes
    backwards_bounce_logfile_compatibility b yes
    helpful_warnings b yes
    send_cyrus_sasl_authzid b no
    multi_instance_enable b no
    enable_long_queue_ids b no
    strict_smtputf8 b no
    enable_original_recipient b yes
    application_event_drain_time t1 100s
    max_idle t1 100s
    ipc_timeout t1 3600s
    ipc_idle t1 5s
    ipc_ttl t1 1000s
    trigger_timeout t1 10s
    fork_delay t1 1s
    deliver_lock_delay t1 1s
    stale_lock_time t1 500s
    daemon_timeout t1 18000s
    in_flow_delay t0-10 1s
    mynetworks s
    """)

  /// What trivial-rewrite(8) reads after that.
  static let rewrite = ParameterTable(
    """
    process_id s
    transport_maps s
    local_transport s1 local:$myhostname
    virtual_transport s1 virtual
    relay_transport s1 relay
    default_transport s1 smtp
    virtual_alias_maps s $virtual_maps
    virtual_alias_domains s $virtual_alias_maps
    virtual_mailbox_maps s
    virtual_mailbox_domains s $virtual_mailbox_maps
    relocated_maps s
    empty_address_recipient s1 MAILER-DAEMON
    address_verify_transport_maps s $transport_maps
    address_verify_local_transport s1 $local_transport
    address_verify_virtual_transport s1 $virtual_transport
    address_verify_relay_transport s1 $relay_transport
    address_verify_default_transport s1 $default_transport
    address_verify_relayhost s $relayhost
    remote_header_rewrite_domain s
    sender_dependent_relayhost_maps s
    empty_address_relayhost_maps_lookup_key s1 <>
    address_verify_sender_dependent_relayhost_maps s $sender_dependent_relayhost_maps
    sender_dependent_default_transport_maps s
    empty_address_default_transport_maps_lookup_key s1 <>
    address_verify_sender_dependent_default_transport_maps s $sender_dependent_default_transport_maps
    swap_bangpath b yes
    append_at_myorigin b yes
    allow_percent_hack b yes
    resolve_dequoted_address b yes
    show_user_unknown_table_name b yes
    resolve_null_domain b no
    resolve_numeric_domain b no
    allow_min_user b no
    append_dot_mydomain b ${{$compatibility_level} <level {1} ? {yes} : {no}}
    """)
}
