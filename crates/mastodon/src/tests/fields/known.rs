//! The fields of each entity, as the documentation of Mastodon has them, with what others add to it.

/// The entities with their fields, each with the kind of its value. A `?` behind a name: it may be missing; behind a kind: it
/// may be null. Kinds in brackets are lists of it, those with a capital are entities, words between bars are all there are;
/// two dots stand before an entity whose fields are all there, too. `digits` are numbers in a string, `count` is a number.
pub(super) const ENTITIES: &[(&str, &str)] = &[
    (
        "Account",
        "id:id username:text acct:text display_name:text locked:flag bot:flag group:flag discoverable:flag indexable:flag \
         noindex:flag created_at:at note:text url:url uri:url avatar:picture avatar_static:picture avatar_description:text \
         header:picture header_static:picture header_description:text followers_count:count following_count:count \
         statuses_count:count last_status_at:day? hide_collections:flag emojis:[CustomEmoji] roles:[AccountRole] fields:[Field] \
         moved?:Account suspended?:flag limited?:flag",
    ),
    ("CredentialAccount", "..Account source:Source role:Role"),
    ("MutedAccount", "..Account mute_expires_at:at?"),
    (
        "Source",
        "privacy:public|unlisted|private|direct sensitive:flag language:text note:text fields:[Field] \
         follow_requests_count:count discoverable:flag indexable:flag hide_collections:flag attribution_domains:[text] \
         quote_policy:public|followers|nobody",
    ),
    ("Field", "name:text value:text verified_at:at?"),
    ("AccountRole", "id:text name:text color:text"),
    ("Role", "id:text name:text color:text permissions:digits highlighted:flag"),
    (
        "Profile",
        "id:id display_name:text note:text fields:[Field] avatar:picture? avatar_static:picture? avatar_description:text \
         header:picture? header_static:picture? header_description:text locked:flag bot:flag hide_collections:flag \
         discoverable:flag indexable:flag show_media:flag show_media_replies:flag show_featured:flag \
         attribution_domains:[text] featured_tags:[FeaturedTag]",
    ),
    (
        "Relationship",
        "id:id following:flag showing_reblogs:flag notifying:flag languages:[text]? followed_by:flag blocking:flag \
         blocked_by:flag muting:flag muting_notifications:flag muting_expires_at:at? requested:flag requested_by:flag \
         domain_blocking:flag endorsed:flag note:text",
    ),
    ("FamiliarFollowers", "id:id accounts:[Account]"),
    ("Suggestion", "source:text sources:[text] account:Account"),
    ("FeaturedTag", "id:id name:text url:url statuses_count:digits last_status_at:day?"),
    ("CustomEmoji", "shortcode:text url:url static_url:url visible_in_picker:flag category?:text"),
    (
        "Status",
        "id:id created_at:at edited_at:at? in_reply_to_id:id? in_reply_to_account_id:id? sensitive:flag spoiler_text:text \
         visibility:public|unlisted|private|direct language:text? uri:url url:url replies_count:count reblogs_count:count \
         favourites_count:count quotes_count:count favourited:flag reblogged:flag muted:flag bookmarked:flag pinned:flag \
         content:text text?:text filtered:[FilterResult] reblog:Status? application:Application? account:Account \
         media_attachments:[MediaAttachment] mentions:[Mention] tags:[StatusTag] emojis:[CustomEmoji] card:PreviewCard? \
         poll:Poll? quote:Quote? quote_approval:QuoteApproval reactions:[Reaction] \
         emoji_reactions:[Reaction] pleroma:PleromaStatus",
    ),
    ("PleromaStatus", "emoji_reactions:[Reaction]"),
    ("Application", "name:text website:url?"),
    ("Mention", "id:id username:text url:url acct:text"),
    ("StatusTag", "name:text url:url"),
    (
        "Attachment",
        "id:id type:image|gifv|video|audio|unknown preview_url:url? remote_url:url? preview_remote_url:url? \
         text_url:url? description:text? blurhash:text? meta:Meta",
    ),
    ("MediaAttachment", "..Attachment url:url"),
    ("MediaInProcess", "..Attachment url:none"),
    ("Meta", "original?:Size small?:Size focus?:Focus"),
    ("Size", "width:count height:count size:text aspect:number duration?:number"),
    ("Focus", "x:number y:number"),
    (
        "Poll",
        "id:id expires_at:at? expired:flag multiple:flag votes_count:count voters_count:count? options:[PollOption] \
         emojis:[CustomEmoji] voted:flag own_votes:[count]",
    ),
    ("PollOption", "title:text votes_count:count?"),
    (
        "PreviewCard",
        "url:url title:text description:text language:text? type:link|photo|video|rich author_name:text author_url:url? \
         provider_name:text provider_url:url? html:text width:count height:count image:url? image_description:text \
         embed_url:url? blurhash:text? published_at:at? authors:[Author]",
    ),
    ("Author", "name:text url:url? account:Account?"),
    ("TrendsLink", "..PreviewCard history:[History]"),
    (
        "Quote",
        "state:pending|accepted|rejected|revoked|deleted|unauthorized|blocked_account|blocked_domain|muted_account \
         quoted_status?:Status? quoted_status_id?:id?",
    ),
    ("QuoteApproval", "automatic:[text] manual:[text] current_user:automatic|manual|denied|unknown"),
    (
        "StatusEdit",
        "content:text spoiler_text:text sensitive:flag created_at:at account:Account poll:Poll? \
         media_attachments:[MediaAttachment] emojis:[CustomEmoji]",
    ),
    ("StatusSource", "id:id text:text spoiler_text:text"),
    ("ScheduledStatus", "id:id scheduled_at:at params:ScheduledParams media_attachments:[MediaAttachment]"),
    (
        "ScheduledParams",
        "text:text visibility:public|unlisted|private|direct spoiler_text:text? sensitive:flag language:text? \
         in_reply_to_id:id? quoted_status_id:id? quote_approval_policy:public|followers|nobody poll:map? media_ids:[id]? idempotency:text? application_id:count scheduled_at:at? \
         with_rate_limit:flag",
    ),
    ("Refresh", "async_refresh:AsyncRefresh"),
    ("AsyncRefresh", "id:text status:running|finished result_count:count"),
    ("Context", "ancestors:[Status] descendants:[Status]"),
    ("Search", "accounts:[Account] statuses:[Status] hashtags:[Tag]"),
    ("Tag", "id:text name:text url:url history:[History] following?:flag featuring?:flag"),
    ("History", "day:digits accounts:digits uses:digits"),
    (
        "Filter",
        "id:id title:text context:[home|notifications|public|thread|account] expires_at:at? filter_action:warn|hide|blur \
         keywords?:[FilterKeyword] statuses?:[FilterStatus]",
    ),
    ("FilterKeyword", "id:id keyword:text whole_word:flag"),
    ("FilterStatus", "id:id status_id:id"),
    ("FilterResult", "filter:Filter keyword_matches:[text]? status_matches:[id]?"),
    (
        "FirstFilter",
        "id:id phrase:text context:[home|notifications|public|thread|account] whole_word:flag expires_at:at? \
         irreversible:flag",
    ),
    ("List", "id:id title:text replies_policy:followed|list|none exclusive:flag"),
    ("Markers", "home?:Marker notifications?:Marker"),
    ("Marker", "last_read_id:digits version:count updated_at:at"),
    (
        "Preferences",
        "posting:default:visibility:public|unlisted|private|direct posting:default:sensitive:flag \
         posting:default:language:text? posting:default:quote_policy:public|followers|nobody \
         reading:expand:media:default|show_all|hide_all reading:expand:spoilers:flag reading:autoplay:gifs:flag",
    ),
    ("Conversation", "id:id unread:flag accounts:[Account] last_status:Status?"),
    (
        "OwnApplication",
        "id:id name:text website:url? scopes:[text] redirect_uri:text redirect_uris:[text] vapid_key:text",
    ),
    ("CredentialApplication", "..OwnApplication client_id:text client_secret:text client_secret_expires_at:count"),
    ("Token", "access_token:text token_type:Bearer scope:text created_at:count"),
    ("Userinfo", "iss:url sub:url name:text preferred_username:text profile:url picture:picture"),
    (
        "OauthServer",
        "issuer:url authorization_endpoint:url token_endpoint:url revocation_endpoint:url userinfo_endpoint:url \
         app_registration_endpoint:url service_documentation:url scopes_supported:[text] response_types_supported:[code] \
         response_modes_supported:[query] grant_types_supported:[authorization_code|client_credentials] \
         token_endpoint_auth_methods_supported:[client_secret_basic|client_secret_post] \
         code_challenge_methods_supported:[S256]",
    ),
    (
        "WebPushSubscription",
        "id:count endpoint:url standard:flag alerts:Alerts policy:all|followed|follower|none server_key:text",
    ),
    (
        "Alerts",
        "mention:flag quote:flag status:flag reblog:flag follow:flag follow_request:flag favourite:flag poll:flag \
         update:flag quoted_update:flag admin.sign_up:flag admin.report:flag",
    ),
    (
        "Announcement",
        "id:id content:text starts_at:at? ends_at:at? all_day:flag published_at:at updated_at:at read:flag \
         mentions:[Mention] statuses:[map] tags:[StatusTag] emojis:[CustomEmoji] reactions:[Reaction]",
    ),
    ("Reaction", "name:text count:count me:flag url?:url static_url?:url"),
    ("PleromaReaction", "..Reaction accounts:[Account]"),
    ("Error", "error:text error_description?:text details?:map"),
    ("Empty", ""),
    ("Count", "count:count"),
    ("Merged", "merged:flag"),
    ("Collections", "collections:[map]"),
    ("DomainBlockPreview", "following_count:count followers_count:count"),
    (
        "Notification",
        "id:id type:mention|status|reblog|follow|follow_request|favourite|poll|update|quote|quoted_update|admin.sign_up|\
         admin.report|severed_relationships|moderation_warning group_key:text created_at:at account:Account status?:Status \
         emoji?:text report?:Report moderation_warning?:AccountWarning event?:RelationshipSeveranceEvent \
         fallback?:Fallback",
    ),
    ("Fallback", "title:text summary:text? details:text?"),
    (
        "GroupedNotificationsResults",
        "accounts:[Account] statuses:[Status] notification_groups:[NotificationGroup] partial_accounts?:[PartialAccount]",
    ),
    ("PartialAccount", "id:id acct:text url:url avatar:picture avatar_static:picture locked:flag bot:flag"),
    (
        "NotificationGroup",
        "group_key:text notifications_count:count type:text most_recent_notification_id:count page_min_id:id page_max_id:id \
         latest_page_notification_at:at sample_account_ids:[id] status_id?:id report?:Report \
         moderation_warning?:AccountWarning event?:RelationshipSeveranceEvent fallback?:Fallback",
    ),
    (
        "RelationshipSeveranceEvent",
        "id:id type:domain_block|user_domain_block|account_suspension purged:flag target_name:text followers_count:count \
         following_count:count created_at:at",
    ),
    (
        "NotificationPolicy",
        "for_not_following:accept|filter|drop for_not_followers:accept|filter|drop for_new_accounts:accept|filter|drop \
         for_private_mentions:accept|filter|drop for_limited_accounts:accept|filter|drop summary:NotificationSummary",
    ),
    (
        "FirstNotificationPolicy",
        "filter_not_following:flag filter_not_followers:flag filter_new_accounts:flag filter_private_mentions:flag \
         summary:NotificationSummary",
    ),
    ("NotificationSummary", "pending_requests_count:count pending_notifications_count:count"),
    (
        "NotificationRequest",
        "id:id created_at:at updated_at:at notifications_count:digits account:Account last_status:Status?",
    ),
    (
        "Report",
        "id:id action_taken:flag action_taken_at:at? category:spam|legal|violation|other comment:text forwarded:flag \
         created_at:at status_ids:[id]? rule_ids:[id]? target_account:Account",
    ),
    (
        "AccountWarning",
        "id:id action:none|disable|mark_statuses_as_sensitive|delete_statuses|sensitive|silence|suspend text:text \
         status_ids:[id]? target_account:Account appeal:Appeal? created_at:at",
    ),
    ("Appeal", "text:text state:approved|rejected|pending"),
    (
        "Instance",
        "domain:text title:text version:text source_url:url? description:text usage:Usage thumbnail:Thumbnail icon:[map] \
         languages:[text] configuration:Configuration registrations:Registrations api_versions:map contact:Contact \
         rules:[Rule]",
    ),
    ("Usage", "users:Users"),
    ("Users", "active_month:count"),
    ("Thumbnail", "url:url?"),
    ("Contact", "email:text account:Account?"),
    ("Registrations", "enabled:flag approval_required:flag reason_required:flag message:text? min_age:count? url:url?"),
    ("Configuration", "..FirstConfiguration urls:Urls limited_federation:flag timelines_access:TimelinesAccess"),
    (
        "FirstConfiguration",
        "accounts:AccountLimits statuses:StatusLimits media_attachments:MediaLimits polls:PollLimits \
         reactions:ReactionLimits translation:Translation vapid:Vapid",
    ),
    ("Urls", "streaming:socket status:url? about:url? privacy_policy:url? terms_of_service:url?"),
    ("TimelinesAccess", "live_feeds:FeedAccess hashtag_feeds:FeedAccess trending_link_feeds:FeedAccess"),
    ("FeedAccess", "local:public|authenticated|disabled remote:public|authenticated|disabled"),
    (
        "AccountLimits",
        "max_display_name_length:count max_note_length:count max_featured_tags:count max_pinned_statuses:count \
         max_profile_fields:count profile_field_name_limit:count profile_field_value_limit:count",
    ),
    (
        "StatusLimits",
        "max_characters:count max_media_attachments:count characters_reserved_per_url:count supported_mime_types:[text]",
    ),
    (
        "MediaLimits",
        "supported_mime_types:[text] description_limit:count image_size_limit:count image_matrix_limit:count \
         video_size_limit:count video_frame_rate_limit:count video_matrix_limit:count",
    ),
    ("PollLimits", "max_options:count max_characters_per_option:count min_expiration:count max_expiration:count"),
    ("ReactionLimits", "max_reactions:count"),
    ("Translation", "enabled:flag"),
    ("Vapid", "public_key:text"),
    (
        "FirstInstance",
        "uri:text title:text short_description:text description:text email:text version:text urls:FirstUrls \
         stats:Stats thumbnail:url? languages:[text] registrations:flag approval_required:flag invites_enabled:flag \
         configuration:FirstConfiguration contact_account:Account? rules:[Rule]",
    ),
    ("FirstUrls", "streaming_api:socket"),
    ("Stats", "user_count:count status_count:count domain_count:count"),
    ("Rule", "id:id text:text hint:text translations:map"),
    ("ExtendedDescription", "updated_at:at content:text"),
    ("PrivacyPolicy", "updated_at:at content:text"),
    ("TermsOfService", "effective_date:day effective:flag content:text succeeded_by:day?"),
    ("Week", "week:digits statuses:digits logins:digits registrations:digits"),
    ("DomainBlock", "domain:text digest:text severity:silence|suspend comment:text"),
    ("Language", "code:text name:text"),
    (
        "AdminAccount",
        "id:id username:text domain:text? created_at:at email:text ip:text? ips:[AdminIp] locale:text? \
         invite_request:text? role:Role? confirmed:flag approved:flag disabled:flag silenced:flag suspended:flag \
         sensitized:flag account:Account",
    ),
    ("AdminIp", "ip:text used_at:at"),
    (
        "AdminReport",
        "id:id action_taken:flag action_taken_at:at? category:spam|legal|violation|other comment:text forwarded:flag \
         created_at:at updated_at:at account:AdminAccount target_account:AdminAccount assigned_account:AdminAccount? \
         action_taken_by_account:AdminAccount? statuses:[Status] rules:[Rule]",
    ),
    (
        "AdminDomainBlock",
        "id:text domain:text digest:text created_at:at severity:silence|suspend|noop reject_media:flag reject_reports:flag \
         private_comment:text? public_comment:text? obfuscate:flag",
    ),
    ("AdminDomainAllow", "id:text domain:text created_at:at"),
    (
        "AdminIpBlock",
        "id:id ip:text severity:sign_up_requires_approval|sign_up_block|no_access comment:text created_at:at expires_at:at?",
    ),
    ("AdminEmailDomainBlock", "id:id domain:text created_at:at allow_with_approval:flag history:[History]"),
    ("AdminCanonicalEmailBlock", "id:id canonical_email_hash:text"),
    ("AdminDimension", "key:text data:[AdminPart]"),
    ("AdminPart", "key:text human_key:text value:text"),
    ("AdminCohort", "period:at frequency:day|month data:[AdminReturned]"),
    ("AdminReturned", "date:at rate:number value:digits"),
    ("AdminMeasure", "key:text unit:text? total:digits previous_total?:digits data:[AdminDay]"),
    ("AdminDay", "date:at value:digits"),
];
