// The numbers, times and yes-or-no values that the other programs of Postfix read when they start. Each of them ends
// with an error where such a value is of another form. `ParameterTable` says how a line is read.

extension ParameterTable {
  /// What qmgr(8) reads when the first mail comes for a transport, in its order (qmgr_transport_create); in front of each is the
  /// name of the transport. qmgr(8) ends where such a value is of another form.
  package static let limitsOfTransports = ParameterTable(
    """
    _destination_concurrency_limit i
    _destination_recipient_limit i
    _initial_destination_concurrency i1
    _transport_rate_delay t
    _destination_rate_delay t
    _delivery_slot_cost i
    _delivery_slot_loan i
    _delivery_slot_discount i0-100
    _minimum_delivery_slots i
    _extra_recipient_limit i
    _destination_concurrency_positive_feedback s1
    _destination_concurrency_negative_feedback s1
    _destination_concurrency_failed_cohort_limit i
    """)

  static let daemonTables = daemons.sorted { $0.key < $1.key }.map { ($0.key, ParameterTable($0.value)) }

  /// By program.
  private static let daemons: [String: String] = [
    "qmgr": """
    default_destination_concurrency_positive_feedback s1
    default_destination_concurrency_negative_feedback s1
    queue_run_delay t1
    minimal_backoff_time t1
    maximal_backoff_time t1
    maximal_queue_lifetime t0-8640000
    bounce_queue_lifetime t0-8640000
    transport_retry_time t1
    qmgr_clog_warn_time t
    default_recipient_refill_delay t1
    default_transport_rate_delay t
    default_destination_rate_delay t
    qmgr_daemon_timeout t1
    qmgr_ipc_timeout t1
    qmgr_message_active_limit i1
    qmgr_message_recipient_limit i1
    qmgr_message_recipient_minimum i1
    default_recipient_limit i
    default_extra_recipient_limit i
    default_recipient_refill_limit i1
    default_delivery_slot_cost i
    default_delivery_slot_loan i
    default_delivery_slot_discount i0-100
    default_minimum_delivery_slots i
    initial_destination_concurrency i1
    default_destination_concurrency_limit i
    default_destination_recipient_limit i
    local_destination_recipient_limit i
    local_destination_concurrency_limit i
    default_destination_concurrency_failed_cohort_limit i
    address_verify_pending_request_limit i1
    disable_verp_bounces b
    destination_concurrency_feedback_debug b
    confirm_delay_cleared b
    """,
    "cleanup": """
    hopcount_limit i1
    duplicate_filter_limit i
    queue_file_attribute_count_limit i1
    virtual_alias_recursion_limit i1
    virtual_alias_expansion_limit i1
    virtual_alias_address_length_limit i1
    body_checks_size_limit i
    disable_verp_bounces b
    detect_8bit_encoding_header b
    always_add_missing_headers b
    cleanup_replace_stray_cr_lf b
    delay_warning_time t
    milter_connect_timeout t1
    milter_command_timeout t1
    milter_content_timeout t1
    canonical_classes s1
    sender_canonical_classes s1
    recipient_canonical_classes s1
    empty_address_recipient s1
    milter_protocol s1
    milter_default_action s1
    milter_macro_daemon_name s1
    milter_macro_v s1
    header_from_format s1
    force_mime_input_conversion b@3.9
    full_name_encoding_charset s1@3.10
    """,
    "local": """
    command_time_limit t1
    duplicate_filter_limit i
    mailbox_size_limit l
    command_expansion_filter s1
    forward_expansion_filter s1
    execution_directory_expansion_filter s1
    mailbox_delivery_lock s1
    biff b
    expand_owner_alias b
    require_home_directory b
    sun_mailtool_compatibility b
    frozen_delivered_to b
    reset_owner_alias b
    strict_mailbox_ownership b
    """,
    "virtual": """
    virtual_minimum_uid i1
    virtual_mailbox_limit l
    virtual_mailbox_base s1
    virtual_mailbox_lock s1
    strict_mailbox_ownership b
    """,
    "pipe": """
    command_time_limit t1
    """,
    "smtpd": """
    smtpd_soft_error_limit i1
    smtpd_hard_error_limit i1
    smtpd_junk_command_limit i1
    address_verify_poll_count i1
    smtpd_recipient_limit i1
    unknown_client_reject_code i
    invalid_hostname_reject_code i
    unknown_hostname_reject_code i
    unknown_address_reject_code i
    relay_domains_reject_code i
    maps_rbl_reject_code i
    access_map_reject_code i
    access_map_defer_code i
    reject_code i
    defer_code i
    non_fqdn_reject_code i
    smtpd_recipient_overshoot_limit i1
    smtpd_history_flush_threshold i1
    unverified_sender_reject_code i200-599
    unverified_recipient_reject_code i200-599
    unverified_sender_defer_code i200-499
    unverified_recipient_defer_code i200-499
    multi_recipient_bounce_reject_code i
    unknown_local_recipient_reject_code i
    unknown_virtual_alias_reject_code i
    unknown_virtual_mailbox_reject_code i
    unknown_relay_recipient_reject_code i
    plaintext_reject_code i
    smtpd_forbid_bare_newline_reject_code i500-599
    smtpd_client_connection_rate_limit i
    smtpd_client_connection_count_limit i
    smtpd_client_message_rate_limit i
    smtpd_client_recipient_rate_limit i
    smtpd_client_new_tls_session_rate_limit i
    smtpd_client_auth_rate_limit i
    smtpd_tls_ccert_verifydepth i
    smtpd_sasl_response_limit i12288
    smtpd_policy_service_request_limit i
    smtpd_policy_service_try_limit i1
    smtpd_min_data_rate i1
    queue_minfree l
    smtpd_timeout t1
    smtpd_error_sleep_time t
    smtpd_proxy_timeout t1
    address_verify_poll_delay t1
    smtpd_policy_service_timeout t1
    smtpd_policy_service_max_idle t1
    smtpd_policy_service_max_ttl t1
    smtpd_starttls_timeout t1
    milter_connect_timeout t1
    milter_command_timeout t1
    milter_content_timeout t1
    address_verify_sender_ttl t
    smtpd_upstream_proxy_timeout t1
    smtpd_policy_service_retry_delay t1
    smtpd_helo_required b
    smtpd_delay_reject b
    strict_rfc821_envelopes b
    disable_vrfy_command b
    allow_untrusted_routing b
    smtpd_sasl_auth_enable b
    smtpd_sasl_authenticated_header b
    broken_sasl_auth_clients b
    show_user_unknown_table_name b
    smtpd_reject_unlisted_sender b
    smtpd_reject_unlisted_recipient b
    smtpd_use_tls b
    smtpd_enforce_tls b
    smtpd_tls_wrappermode b
    smtpd_tls_security_level s
    smtpd_tls_auth_only b
    smtpd_tls_ask_ccert b
    smtpd_tls_req_ccert b
    smtpd_tls_received_header b
    smtpd_tls_always_issue_session_ids b
    smtpd_peername_lookup b
    smtpd_delay_open_until_valid_rcpt b
    smtpd_client_port_logging b
    smtpd_forbid_unauth_pipelining b
    smtpd_relay_before_recipient_restrictions b
    smtpd_per_request_deadline b
    smtpd_banner s1
    bounce_notice_recipient s1
    error_notice_recipient s1
    smtpd_sasl_path s1
    smtpd_sasl_service s1
    smtpd_tls_ciphers s1
    smtpd_tls_mandatory_ciphers s1
    smtpd_tls_eecdh_grade s1
    smtpd_tls_fingerprint_digest s1
    smtpd_sasl_type s1
    milter_protocol s1
    milter_default_action s1
    milter_macro_daemon_name s1
    milter_macro_v s1
    reject_tempfail_action s1
    unknown_helo_hostname_tempfail_action s1
    unknown_address_tempfail_action s1
    unverified_recipient_tempfail_action s1
    unverified_sender_tempfail_action s1
    tlsproxy_service_name s1
    smtpd_policy_service_default_action s1
    header_from_format s1
    smtpd_forbid_bare_newline s1
    smtpd_expansion_filter r1
    default_rbl_reply r1
    smtpd_client_ipv4_prefix_length i0-32@3.8
    smtpd_client_ipv6_prefix_length i0-128@3.8
    smtpd_tls_enable_rpk b@3.9
    smtpd_hide_client_session b@3.10
    """,
    "bounce": """
    bounce_size_limit i1
    maximal_queue_lifetime t0-8640000
    delay_warning_time t
    bounce_notice_recipient s1
    2bounce_notice_recipient s1
    delay_notice_recipient s1
    header_from_format s1
    enable_threaded_bounces b
    """,
    "tlsproxy": """
    smtpd_tls_ccert_verifydepth i
    smtp_tls_scert_verifydepth i
    tlsproxy_tls_ccert_verifydepth i
    tlsproxy_client_scert_verifydepth i
    tlsproxy_watchdog_timeout t10
    smtpd_use_tls b
    smtpd_enforce_tls b
    smtpd_tls_ask_ccert b
    smtpd_tls_req_ccert b
    smtpd_tls_always_issue_session_ids b
    smtp_use_tls b
    smtp_enforce_tls b
    tlsproxy_use_tls b
    tlsproxy_enforce_tls b
    tlsproxy_tls_ask_ccert b
    tlsproxy_tls_req_ccert b
    tlsproxy_tls_always_issue_session_ids b
    tlsproxy_client_use_tls b
    tlsproxy_client_enforce_tls b
    smtpd_tls_ciphers s1
    smtpd_tls_mandatory_ciphers s1
    smtpd_tls_eecdh_grade s1
    smtpd_tls_fingerprint_digest s1
    smtp_tls_fingerprint_digest s1
    tlsproxy_tls_ciphers s1
    tlsproxy_tls_mandatory_ciphers s1
    tlsproxy_tls_eecdh_grade s1
    tlsproxy_tls_fingerprint_digest s1
    tlsproxy_client_fingerprint_digest s1
    smtpd_tls_enable_rpk b@3.9
    tlsproxy_tls_enable_rpk b@3.9
    """,
    "postscreen": """
    smtpd_service_name s1
    smtpd_banner s1
    postscreen_greet_action s1
    postscreen_dnsbl_action s1
    postscreen_pipelining_action s1
    postscreen_non_smtp_command_action s1
    postscreen_bare_newline_action s1
    postscreen_denylist_action s1
    dnsblog_service_name s1
    tlsproxy_service_name s1
    postscreen_dnsbl_threshold i1
    postscreen_command_count_limit i1
    smtpd_client_connection_count_limit i
    postscreen_post_queue_limit i5
    postscreen_pre_queue_limit i10
    postscreen_client_connection_count_limit i
    postscreen_dnsbl_allowlist_threshold i
    postscreen_command_time_limit t1
    postscreen_greet_wait t1
    postscreen_greet_ttl t1
    postscreen_dnsbl_min_ttl t1
    postscreen_dnsbl_max_ttl t1
    postscreen_pipelining_ttl t1
    postscreen_non_smtp_command_ttl t1
    postscreen_bare_newline_ttl t1
    postscreen_cache_retention_time t1
    postscreen_cache_cleanup_interval t
    postscreen_watchdog_timeout t10
    postscreen_upstream_proxy_timeout t1
    postscreen_dnsbl_timeout t1
    smtpd_helo_required b
    disable_vrfy_command b
    smtpd_use_tls b
    smtpd_enforce_tls b
    postscreen_pipelining_enable b
    postscreen_non_smtp_command_enable b
    postscreen_bare_newline_enable b
    smtpd_expansion_filter r1
    postscreen_expansion_filter r1
    postscreen_helo_required b
    postscreen_disable_vrfy_command b
    postscreen_use_tls b
    postscreen_enforce_tls b
    """,
    "verify": """
    address_verify_positive_expire_time t1
    address_verify_positive_refresh_time t1
    address_verify_negative_expire_time t1
    address_verify_negative_refresh_time t1
    address_verify_cache_cleanup_interval t
    address_verify_sender_ttl t
    """,
    "flush": """
    fast_flush_refresh_time t1
    fast_flush_purge_time t1
    """,
    "scache": """
    connection_cache_ttl_limit t1
    connection_cache_status_update_time t1
    """,
    "anvil": """
    anvil_rate_time_unit t1
    anvil_status_update_time t1
    """,
    "showq": """
    duplicate_filter_limit i
    empty_address_recipient s1
    """,
    "spawn": """
    command_time_limit t1
    """,
    "qmqpd": """
    qmqpd_timeout t1
    qmqpd_error_delay t
    qmqpd_client_port_logging b
    """,
    "dnsblog": """
    dnsblog_reply_delay t
    """,
    "tlsmgr": """
    tls_random_reseed_period t1
    tls_random_prng_update_period t1
    smtpd_tls_session_cache_timeout t0-8640000
    smtp_tls_session_cache_timeout t0-8640000
    lmtp_tls_session_cache_timeout t0-8640000
    tls_random_bytes i1
    """,
    "postlogd": """
    postlogd_watchdog_timeout t10
    """,
    "master": """
    service_throttle_time t1
    """,
  ]
}
